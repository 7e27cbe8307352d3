/** Whether the process has this package in two versions. */
import { processWide } from '../conversion/process-wide.js';
import { SDK_VERSION } from '../conversion/version.js';

/** Version → where it was loaded from. */
export function loadedCopies(): Map<string, string> {
  return processWide('copies', () => new Map<string, string>());
}

/** Warns once, by `process.emitWarning`, when another version of this package is loaded too. */
export function warnOfTwoVersions(): void {
  const copies = loadedCopies();
  if (copies.has(SDK_VERSION)) return;
  copies.set(SDK_VERSION, new URL('../..', import.meta.url).pathname);
  if (copies.size === 1) return;
  const list = [...copies].map(([version, place]) => `${version} (${place})`).join(' and ');
  process.emitWarning(
    `Two versions of the package perdure are loaded: ${list}. What one makes the other may not understand. ` +
      'See with `npm ls perdure` who wants which, and install one version',
    { type: 'PerdureWarning', code: 'PERDURE_TWO_VERSIONS' },
  );
}
