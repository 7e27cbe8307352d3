/**
 * State that belongs to the process, not to a copy of this package: an application may load it twice, by `import` and by `require`.
 * What such state is must stay compatible between versions, or get another name.
 */

/** The one thing of this name; made by the copy that asks first. */
export function processWide<T>(name: string, make: () => T): T {
  const everything = globalThis as unknown as Record<symbol, T | undefined>;
  return (everything[Symbol.for(`perdure.${name}`)] ??= make());
}
