/** From places in a bundle to places in the user's source files, by the bundle's source map; parsed when first needed. */
import { SourceMap } from 'node:module';
import { BUNDLE_FILE } from '../../workflow/runtime/globals/stacks.js';

export interface StackMapper {
  mapStack(stack: string): string;
  /** The text of a source file under the name that stacks show. */
  sourceOf(path: string): string | undefined;
}

interface MapText {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

const PLACE = new RegExp(`(?:[^\\s()]*[\\\\/])?${BUNDLE_FILE.replaceAll('.', '\\.')}:(\\d+):(\\d+)`, 'g');

export function createStackMapper(sourceMap: string | undefined): StackMapper {
  let parsed: { readonly map: SourceMap; readonly text: MapText } | undefined;
  const read = (): typeof parsed => {
    if (parsed === undefined && sourceMap !== undefined) {
      const payload = JSON.parse(sourceMap) as ConstructorParameters<typeof SourceMap>[0];
      parsed = { map: new SourceMap(payload), text: payload as MapText };
    }
    return parsed;
  };
  return {
    mapStack(stack) {
      if (!stack.includes(BUNDLE_FILE)) return stack;
      const map = read()?.map;
      if (map === undefined) return stack;
      return stack.replace(PLACE, (place, line: string, column: string) => {
        const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
        if (!('originalSource' in entry)) return place;
        return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
      });
    },
    sourceOf(path) {
      const text = read()?.text;
      const index = text?.sources.indexOf(path) ?? -1;
      return text?.sourcesContent?.[index] ?? undefined;
    },
  };
}
