/** Where a run waits: places in the user's code, from the stacks that waits and conditions keep. */
import type { Run } from './run.js';

export interface StackTraceSDKInfo {
  name: string;
  version: string;
}

/** A part of a source file. */
export interface StackTraceFileSlice {
  line_offset: number;
  content: string;
}

/** One line of a stack. */
export interface StackTraceFileLocation {
  file_path?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  function_name?: string | undefined;
  internal_code: boolean;
}

export interface StackTrace {
  locations: StackTraceFileLocation[];
}

/** Answer of `__enhanced_stack_trace`. */
export interface EnhancedStackTrace {
  sdk: StackTraceSDKInfo;
  sources: Record<string, StackTraceFileSlice[]>;
  stacks: StackTrace[];
}

/** What the realm's host knows of source files. */
export interface Sources {
  readonly mapStack?: ((stack: string) => string) | undefined;
  readonly sourceOf?: ((path: string) => string | undefined) | undefined;
}

let sources: Sources = {};

export function useSources(host: Sources): void {
  sources = host;
}

export function sourceOf(path: string): string | undefined {
  return sources.sourceOf?.(path);
}

/** One text per place at which code waits, without the runtime's own lines. */
export function waitingPlaces(run: Run): string[] {
  const places = new Set<string>();
  for (const { place } of run.waits.all()) places.add(placeText(place));
  for (const { place } of run.conditions.all()) places.add(placeText(place));
  places.delete('');
  return [...places];
}

/** The user's lines of a stack. */
export function placeText({ stack }: Error): string {
  const text = sources.mapStack?.(stack ?? '') ?? stack ?? '';
  return text
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !isRuntime(line))
    .join('\n');
}

/** This package's modules, Node's, and the anonymous places of the language itself. */
function isRuntime(line: string): boolean {
  if (/[(\s]node:/.test(line) || /<anonymous>\)?$/.test(line)) return true;
  return /(?:perdure|packages[\\/]sdk)[\\/](?:dist|src)[\\/](?:workflow|conversion)[\\/](?!.*\.test\.)(?!.*[\\/]testing[\\/])/.test(
    line,
  );
}

/** `    at name (file:line:column)` or `    at file:line:column`. */
const LINE = /^\s+at (?:(?:async )?(.*?) \()?(.*?)(?::(\d+))?(?::(\d+))?\)?$/;

export function locationsOf(place: string): StackTraceFileLocation[] {
  return place.split('\n').map((text) => {
    const [, name, file, line, column] = LINE.exec(text) ?? [];
    return {
      file_path: file === undefined ? undefined : file.replace(/^async /, ''),
      line: line === undefined ? undefined : Number(line),
      column: column === undefined ? undefined : Number(column),
      function_name: name,
      internal_code: false,
    };
  });
}
