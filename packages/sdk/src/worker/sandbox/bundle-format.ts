/**
 * The text of a workflow bundle: a first line that says what it is, code that is evaluated once per run, and a source map in
 * its last line. It is made by `bundleWorkflowCode` and can be kept in a file.
 */

/** Raised when an older worker could not run what a newer bundler writes, or the other way round. */
export const FORMAT_VERSION = 1;

const MARK = '// perdure workflow bundle ';
const MAP_MARK = '//# sourceMappingURL=data:application/json;base64,';

/** What the first line tells. */
export interface BundleHeader {
  readonly format: number;
  /** Names that the workflows' module exports, without `default`. */
  readonly exports: readonly string[];
  /** Old code in it is not accepted in strict mode. */
  readonly isSloppy?: boolean | undefined;
}

/** A bundle, read. */
export interface LoadedBundle {
  readonly header: BundleHeader;
  /** To be evaluated in a realm: an expression whose value is an `EvaluateBundle`. Its lines are those of the bundle. */
  readonly script: string;
  /** JSON, to be parsed when a stack is asked for. */
  readonly sourceMap: string | undefined;
}

/** `code` without a first line; `sourceMap` is JSON that counts lines from that of `code`, the second one. */
export function writeBundle(header: Omit<BundleHeader, 'format'>, code: string, sourceMap: string): string {
  const first = `${MARK}${JSON.stringify({ format: FORMAT_VERSION, ...header })}`;
  const map = Buffer.from(sourceMap).toString('base64');
  return `${first}\n${code.trimEnd()}\n${MAP_MARK}${map}\n`;
}

/** Throws an Error that says what to do when the text is no bundle, or one of another version. */
export function readBundle(text: string, sourceMap?: string): LoadedBundle {
  const end = text.indexOf('\n');
  const first = end < 0 ? text : text.slice(0, end);
  if (!first.startsWith(MARK)) {
    throw new Error(
      'This is no workflow bundle of perdure. Make it with bundleWorkflowCode of perdure/worker; a bundle of another SDK does not run here.',
    );
  }
  const header = JSON.parse(first.slice(MARK.length)) as BundleHeader;
  if (header.format !== FORMAT_VERSION) {
    throw new Error(
      `The workflow bundle has format ${header.format}, this worker reads format ${FORMAT_VERSION}. Bundle again with the version of perdure that the worker has.`,
    );
  }
  const mapAt = text.lastIndexOf(`\n${MAP_MARK}`);
  const code = text.slice(end, mapAt < 0 ? undefined : mapAt);
  const inline = mapAt < 0 ? undefined : text.slice(mapAt + 1 + MAP_MARK.length).trim();
  return {
    header,
    script: `${prefix(header.isSloppy === true)}${code}\n})(); })`,
    sourceMap: sourceMap ?? (inline === undefined ? undefined : Buffer.from(inline, 'base64').toString('utf8')),
  };
}

/** Names that the code can use freely; what it declares itself under these names comes first. */
function prefix(isSloppy: boolean): string {
  const mode = isSloppy ? '' : '"use strict"; ';
  return `(function (globalThis, __perdureGive, __perdureShared) { ${mode}const global = globalThis; (() => {`;
}

/** For a debugger: with the map, so that breakpoints in source files hold. */
export function withInlineMap(bundle: LoadedBundle): string {
  if (bundle.sourceMap === undefined) return bundle.script;
  return `${bundle.script}\n${MAP_MARK}${Buffer.from(bundle.sourceMap).toString('base64')}`;
}
