/** The code under test. Mutants bring the same modules from another folder, with one line changed. */
import * as core from '@perdure/server/core';
import * as engine from '@perdure/server/engine';
import * as memory from '@perdure/server/store/memory';

export interface Modules {
  readonly core: typeof core;
  readonly engine: typeof engine;
  readonly memory: Pick<typeof memory, 'MemoryTables'>;
}

export const REAL_MODULES: Modules = { core, engine, memory };
