/** Counts as the port gives them: statuses by name, absent values as undefined. */
import { EXECUTION_STATUS_NAMES } from '../core/visibility/index.js';
import type { Attribute, GroupCount } from '../core/visibility/index.js';
import type { CountGroup } from '../ports/index.js';

export function countGroups(attribute: Attribute, groups: readonly GroupCount[]): CountGroup[] {
  return groups.map(({ value, count }) => {
    if (value === null) return { value: undefined, count };
    const name = attribute.name === 'ExecutionStatus' ? EXECUTION_STATUS_NAMES[Number(value)] : undefined;
    return { value: name ?? String(value), count };
  });
}
