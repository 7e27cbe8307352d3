/** A sandbox for a worker's options: bundles when there is a path, and chooses the thread. */
import { readFile } from 'node:fs/promises';
import type { RealmOptions } from '../../workflow/runtime/contract.js';
import { readBundle } from './bundle-format.js';
import type { LoadedBundle } from './bundle-format.js';
import type { BundleOptions, WorkflowBundleOption } from './bundle-options.js';
import { bundleWorkflowCode } from './bundler/bundle-workflow-code.js';
import type { WorkflowSandbox } from './contract.js';
import { InThreadSandbox } from './in-thread.js';

export interface SandboxOptions extends RealmOptions {
  /** Where the workflows come from: source files, or a bundle made before. */
  readonly source: { readonly bundleOptions: BundleOptions } | { readonly workflowBundle: WorkflowBundleOption };
  /** Runs workflows in the caller's thread, without a watchdog, so that breakpoints hold. Default false. */
  readonly debugMode?: boolean | undefined;
}

/** Throws when there is no such bundle, or it cannot be made or compiled. */
export async function createSandbox(options: SandboxOptions): Promise<WorkflowSandbox> {
  const { source, ...realmOptions } = options;
  return new InThreadSandbox(await loadBundle(source), realmOptions);
}

export async function loadBundle(source: SandboxOptions['source']): Promise<LoadedBundle> {
  if ('bundleOptions' in source) {
    const { code, sourceMap } = await bundleWorkflowCode(source.bundleOptions);
    return readBundle(code, sourceMap);
  }
  const { workflowBundle } = source;
  if (!('codePath' in workflowBundle)) return readBundle(workflowBundle.code, workflowBundle.sourceMap);
  return readBundle(await readFile(workflowBundle.codePath, 'utf8'));
}
