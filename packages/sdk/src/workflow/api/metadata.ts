/** What a workflow knows and tells about itself. */
import type { SearchAttributeUpdatePair } from '../../conversion/search-attributes.js';
import type {
  WorkflowDefinitionConfig,
  WorkflowDefinitionOptionsOrGetter,
} from '../../conversion/workflow-definition.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import { currentRun, requireRun } from '../runtime/current.js';
import type { WorkflowInfo } from '../runtime/info.js';
import { encodeMemo, encodeSearchAttributes } from '../runtime/values.js';

/** Ids, parents, time-outs, history length and the like. A snapshot: call it again after a wait. */
export function workflowInfo(): WorkflowInfo {
  return requireRun('workflowInfo()').info;
}

/** Whether the code that calls it runs in a workflow. */
export function inWorkflowContext(): boolean {
  return currentRun() !== undefined;
}

/**
 * Sets search attributes, by which lists of workflows are filtered; others stay. null removes one.
 *
 * @example upsertSearchAttributes([{ key: orderStatus, value: 'paid' }]);
 */
export function upsertSearchAttributes(searchAttributes: readonly SearchAttributeUpdatePair[]): void {
  const run = requireRun('upsertSearchAttributes()');
  if (!Array.isArray(searchAttributes)) {
    throw new TypeError(
      'upsertSearchAttributes() takes a list: [{ key: defineSearchAttributeKey(name, type), value }]; null as value removes one',
    );
  }
  const updates = searchAttributes as readonly SearchAttributeUpdatePair[];
  const { typedSearchAttributes } = run.info;
  const changed = typedSearchAttributes.updateCopy(updates);
  run.push({ kind: 'upsertSearchAttributes', value: encodeSearchAttributes(updates) });
  run.changeInfo({ typedSearchAttributes: changed });
}

/** Sets entries of the memo, data that are shown with the workflow; others stay. null and undefined remove one. */
export function upsertMemo(memo: Record<string, unknown>): void {
  const run = requireRun('upsertMemo()');
  if (typeof memo !== 'object' || memo === null) throw new TypeError('upsertMemo() takes an object: { name: value }');
  run.push({ kind: 'modifyMemo', value: encodeMemo(run.conversion, memo) });
  const entries = Object.entries({ ...run.info.memo, ...memo }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  run.changeInfo({ memo: Object.fromEntries(entries) });
}

/** What `setCurrentDetails` set; empty before. */
export function getCurrentDetails(): string {
  return requireRun('getCurrentDetails()').currentDetails;
}

/** Markdown that the UI shows for this run, as long as a worker can answer its queries. Not kept in history. */
export function setCurrentDetails(details: string): void {
  requireRun('setCurrentDetails()').currentDetails = details;
}

/** Options of a workflow function, or a function that returns them at the start of each run. */
export function setWorkflowOptions(options: WorkflowDefinitionOptionsOrGetter, workflow: Workflow): void {
  defineWorkflowOptions(workflow, { workflowDefinitionOptions: options });
}

/** The same, with the function first. */
export function defineWorkflowOptions(workflow: Workflow, config: WorkflowDefinitionConfig): void {
  Object.assign(workflow, config);
}
