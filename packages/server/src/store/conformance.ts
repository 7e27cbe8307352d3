/**
 * What every store must do. Each adapter's test calls `testStore`; the memory store is the reference that random groups
 * are compared with.
 */
import { testCommits } from './conformance/commits.js';
import { testLists } from './conformance/lists.js';
import { testRandomGroups } from './conformance/random-groups.js';
import { testReads } from './conformance/reads.js';
import type { MakeStorage } from './conformance/world.js';

export type { MakeStorage, Storage } from './conformance/world.js';

/** Registers the suite; `makeStorage` gives an empty place for data to each test. */
export function testStore(name: string, makeStorage: MakeStorage): void {
  testCommits(name, makeStorage);
  testReads(name, makeStorage);
  testLists(name, makeStorage);
  testRandomGroups(name, makeStorage);
}
