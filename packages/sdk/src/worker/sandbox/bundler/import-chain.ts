/** Why a module is in a bundle. */
import type { Metafile } from 'esbuild';

/** The files of a shortest way from the entry to the module, both left out; over `among` where there is such a way. */
export function importChain(metafile: Metafile, entry: string, module: string, among: ReadonlySet<string>): string[] {
  return (
    search(metafile, entry, module, (name) => among.has(name)) ?? search(metafile, entry, module, () => true) ?? []
  );
}

function search(
  { inputs }: Metafile,
  entry: string,
  module: string,
  isAllowed: (name: string) => boolean,
): string[] | undefined {
  const from = new Map<string, string | undefined>();
  const open = Object.keys(inputs).filter((name) => name === entry || name.endsWith(`/${entry}`));
  for (const name of open) from.set(name, undefined);
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (name === module) return wayTo(from, name);
    for (const { path } of inputs[name]?.imports ?? []) {
      if (from.has(path) || !(isAllowed(path) || path === module)) continue;
      from.set(path, name);
      open.push(path);
    }
  }
  return undefined;
}

function wayTo(from: ReadonlyMap<string, string | undefined>, module: string): string[] {
  const way: string[] = [];
  for (let name = from.get(module); name !== undefined; name = from.get(name)) way.unshift(name);
  return way.slice(1);
}
