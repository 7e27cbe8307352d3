/** What is wrong with a priority as given. */
import type { Priority } from '@perdure/protocol';
import { utf8Length } from './sizes.js';

const FAIRNESS_KEY_BYTES_MAX = 64;

export function priorityProblem(priority: Priority | undefined): string | undefined {
  if (priority === undefined) return undefined;
  if (priority.priorityKey < 0) return "priority key can't be negative";
  if (utf8Length(priority.fairnessKey) > FAIRNESS_KEY_BYTES_MAX) return 'fairness key length exceeds limit';
  return priority.fairnessWeight < 0 ? 'must be greater than zero' : undefined;
}
