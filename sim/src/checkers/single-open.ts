/** At no moment has a workflow id two open runs on disk, and its current run is the open one. */
import { isClosed } from '@perdure/server/core';
import type { CommitGroup } from '@perdure/server/ports';
import type { Disk, DiskObserver } from '../disk.js';
import type { World } from '../world.js';

export class SingleOpenCheck implements DiskObserver {
  readonly #world: World;
  readonly #disk: Disk;

  constructor(world: World, disk: Disk) {
    this.#world = world;
    this.#disk = disk;
    disk.observe(this);
  }

  applied(group: CommitGroup): void {
    for (const write of group.writes) if (write.kind === 'putExecution') this.#check(write.row.namespaceId, write.row.workflowId);
  }

  reverted(): void {
    // An older state was checked when it was new.
  }

  flushed(): void {
    // Checked when applied.
  }

  #check(namespaceId: string, workflowId: string): void {
    const { tables } = this.#disk;
    const current = tables.namespaces.get(namespaceId)?.current.get(workflowId);
    let open = 0;
    for (const [execNo, { row }] of tables.executions) {
      if (row === undefined || row.workflowId !== workflowId || isClosed(row.status as 1)) continue;
      open += 1;
      if (execNo !== current) this.#world.failures.report('twoOpen', `${workflowId}: open execution ${execNo} is not the current one (${current})`);
    }
    if (open > 1) this.#world.failures.report('twoOpen', `${workflowId} has ${open} open runs`);
  }
}
