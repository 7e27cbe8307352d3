/** Which task comes first when there are more than workers. */
import type { Priority as WirePriority } from '@perdure/protocol';
import { ValueError } from './errors.js';

export interface Priority {
  /** 1 to 5, lower is earlier. Default 3. */
  priorityKey?: number | undefined;
  /** Tasks of one priority are shared out evenly between their keys, a tenant for instance. At most 64 bytes. */
  fairnessKey?: string | undefined;
  /** Share of the key, 0.001 to 1000. Default 1. */
  fairnessWeight?: number | undefined;
}

/** The priority for the wire. Throws ValueError when the key is not a whole number from 1. */
export function compilePriority(priority: Priority): WirePriority {
  const { priorityKey = 0, fairnessKey = '', fairnessWeight = 0 } = priority;
  if (!Number.isInteger(priorityKey) || priorityKey < 0) {
    throw new ValueError(`priority.priorityKey is ${priorityKey}: give a whole number from 1 (first) to 5 (last)`);
  }
  return { priorityKey, fairnessKey, fairnessWeight };
}

/** The priority as users write it. */
export function decodePriority(priority: WirePriority | null | undefined): Priority {
  return {
    priorityKey: priority?.priorityKey || undefined,
    fairnessKey: priority?.fairnessKey || undefined,
    fairnessWeight: priority?.fairnessWeight || undefined,
  };
}
