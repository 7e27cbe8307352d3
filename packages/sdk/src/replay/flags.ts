/**
 * Behaviours that histories depend on, by the numbers that the official core records. A run of an older SDK is replayed
 * without those that its history does not name; live, all are used and recorded.
 */
import { WorkflowTaskCompletedMetadata } from '@perdure/protocol';

export const CoreFlag = {
  /** Ids and types of activities and children must match, not only the kind of command. */
  CHECKS_IDS: 1,
  /** Each patch is listed in the search attribute TemporalChangeVersion. */
  LISTS_PATCHES: 2,
  /** Commands behind the one that ends the run are put before it; earlier they were dropped. */
  MOVES_CLOSE_LAST: 3,
} as const;

const ALL = [CoreFlag.CHECKS_IDS, CoreFlag.LISTS_PATCHES, CoreFlag.MOVES_CLOSE_LAST];

export interface Flags {
  readonly core: Set<number>;
  readonly runtime: Set<number>;
  /** Used since the last completed task. */
  readonly newRuntime: Set<number>;
  sdkName: string;
  sdkVersion: string;
}

export function createFlags(): Flags {
  return { core: new Set(), runtime: new Set(), newRuntime: new Set(), sdkName: '', sdkVersion: '' };
}

/** Takes over what a completed Workflow Task recorded. */
export function readFlags(flags: Flags, metadata: Uint8Array | undefined): void {
  if (metadata === undefined || metadata.length === 0) return;
  const { coreUsedFlags, langUsedFlags, sdkName, sdkVersion } = WorkflowTaskCompletedMetadata.decode(metadata);
  for (const flag of coreUsedFlags) flags.core.add(flag);
  for (const flag of langUsedFlags) flags.runtime.add(flag);
  if (sdkName !== '') flags.sdkName = sdkName;
  if (sdkVersion !== '') flags.sdkVersion = sdkVersion;
}

/** What a completed task must record, and marks it as recorded. */
export function takeMetadata(flags: Flags, sdkName: string, sdkVersion: string): Uint8Array {
  const coreUsedFlags = ALL.filter((flag) => !flags.core.has(flag));
  const langUsedFlags = [...flags.newRuntime].filter((flag) => !flags.runtime.has(flag)).sort((a, b) => a - b);
  for (const flag of coreUsedFlags) flags.core.add(flag);
  for (const flag of langUsedFlags) flags.runtime.add(flag);
  flags.newRuntime.clear();
  const named = flags.sdkName === sdkName ? '' : sdkName;
  const versioned = flags.sdkVersion === sdkVersion ? '' : sdkVersion;
  flags.sdkName = sdkName;
  flags.sdkVersion = sdkVersion;
  return WorkflowTaskCompletedMetadata.encode({
    coreUsedFlags,
    langUsedFlags,
    sdkName: named,
    sdkVersion: versioned,
  });
}
