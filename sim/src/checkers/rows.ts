/** What lists and starts go by: one open run at most for a workflow id, the current one; rows that agree with the runs. */
import { Payload } from '@perdure/protocol';
import { isClosed } from '@perdure/server/core';
import type { CommitGroup } from '@perdure/server/ports';
import type { Disk, DiskObserver } from '../disk.js';
import { NUMBER_ATTRIBUTE } from '../run-plan.js';
import { fromBytes } from '../text-bytes.js';
import type { World } from '../world.js';
import type { FoldCheck } from './fold.js';

export class RowCheck implements DiskObserver {
  readonly #world: World;
  readonly #disk: Disk;
  readonly #fold: FoldCheck;

  constructor(world: World, disk: Disk, fold: FoldCheck) {
    this.#fold = fold;
    this.#world = world;
    this.#disk = disk;
    disk.observe(this);
  }

  applied(group: CommitGroup): void {
    for (const write of group.writes) {
      if (write.kind === 'putExecution') this.#check(write.row.namespaceId, write.row.workflowId);
      if (write.kind === 'appendTransition') this.#rowAgrees(write.execNo);
    }
  }

  reverted(): void {
    // An older state was checked when it was new.
  }

  flushed(): void {
    // Checked when applied.
  }

  /** Lists are in the same transaction: what they show is what the run is. */
  #rowAgrees(execNo: number): void {
    const state = this.#fold.stateOf(execNo);
    const row = this.#disk.tables.executions.get(execNo)?.row;
    if (state === undefined || row === undefined) return;
    if (row.status !== state.status)
      this.#world.failures.report(
        'visibility',
        `${row.workflowId}: listed with status ${row.status}, is ${state.status}`,
      );
    const payload = state.searchAttributes.get(NUMBER_ATTRIBUTE);
    const value = payload === undefined ? undefined : fromBytes(Payload.decode(payload).data);
    if (row.attributes.get(NUMBER_ATTRIBUTE) !== value) {
      this.#world.failures.report(
        'visibility',
        `${row.workflowId}: ${NUMBER_ATTRIBUTE} is listed as ${String(row.attributes.get(NUMBER_ATTRIBUTE))}, is ${String(value)}`,
      );
    }
  }

  #check(namespaceId: string, workflowId: string): void {
    const { tables } = this.#disk;
    const current = tables.namespaces.get(namespaceId)?.current.get(workflowId);
    let open = 0;
    for (const [execNo, { row }] of tables.executions) {
      if (row === undefined || row.workflowId !== workflowId || isClosed(row.status as 1)) continue;
      open += 1;
      if (execNo !== current)
        this.#world.failures.report(
          'twoOpen',
          `${workflowId}: open execution ${execNo} is not the current one (${current})`,
        );
    }
    if (open > 1) this.#world.failures.report('twoOpen', `${workflowId} has ${open} open runs`);
  }
}
