/**
 * Stacks of errors: the user's frames only, with places in the user's source files. `Error.prepareStackTrace` and
 * `Error.stackTraceLimit` can be set as elsewhere, but belong to the run.
 */
import { currentRecord } from './run-record.js';

/** The file of the bundle in stacks, before they are mapped. */
export const BUNDLE_FILE = 'perdure-workflows.js';
const FRAMES_MAX = 20;

interface CallSite {
  getFileName(): string | null | undefined;
  toString(): string;
}

/** `mapStack` is the host's: from places in the bundle to places in source files. */
export function installStacks(mapStack: (stack: string) => string): void {
  const prepare = (error: unknown, sites: readonly CallSite[]): string => {
    const frames = sites.filter(isUserFrame).map((site) => `    at ${String(site)}`);
    return mapStack([headerOf(error), ...frames].join('\n'));
  };
  Object.defineProperty(Error, 'prepareStackTrace', {
    configurable: true,
    get: () => currentRecord()?.prepareStackTrace ?? prepare,
    set: (value: unknown) => {
      const record = currentRecord();
      if (record !== undefined) record.prepareStackTrace = value;
    },
  });
  resetStacks();
}

/** At the start of an activation: another run may have changed it. */
export function resetStacks(): void {
  const owner = Error as unknown as { stackTraceLimit: number };
  if (owner.stackTraceLimit !== FRAMES_MAX) owner.stackTraceLimit = FRAMES_MAX;
}

/** Of the bundle, or of the language (`Array.map`, `Promise.all`); not of the runtime, nor of the host. */
function isUserFrame(site: CallSite): boolean {
  const file = site.getFileName();
  return file === null || file === undefined || file === '' || file.endsWith(BUNDLE_FILE);
}

function headerOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}
