/** A sandbox for a worker's options: bundles when there is a path, and chooses the thread. */
import { readFile } from 'node:fs/promises';
import type { RealmOptions } from '../../workflow/runtime/contract.js';
import { readBundle } from './bundle-format.js';
import type { LoadedBundle } from './bundle-format.js';
import type { BundleOptions, WorkflowBundleOption } from './bundle-options.js';
import { bundleWorkflowCode } from './bundler/bundle-workflow-code.js';
import type { WorkflowSandbox } from './contract.js';
import { InThreadSandbox } from './in-thread.js';
import { ThreadedSandbox } from './threads/threaded-sandbox.js';

export interface SandboxOptions extends RealmOptions {
  /** Where the workflows come from: source files, or a bundle made before. */
  readonly source: { readonly bundleOptions: BundleOptions } | { readonly workflowBundle: WorkflowBundleOption };
  /** Runs workflows in the caller's thread, with source maps for a debugger and without a watchdog. Default false. */
  readonly debugMode?: boolean | undefined;
  /** In the caller's thread too, but as usual else: where environments live for a moment only. Default false. */
  readonly inThread?: boolean | undefined;
  /** Threads that run workflows. Default 1. */
  readonly threadCount?: number | undefined;
  /** Longest time that one activation may take, in a thread. Default 2,000 ms. */
  readonly sliceMs?: number | undefined;
  /** Largest heap of a thread in MiB. Default: Node's. */
  readonly threadHeapMiB?: number | undefined;
}

/** Throws when there is no such bundle, or it cannot be made or compiled. Threads start meanwhile; nobody waits for them. */
export async function createSandbox(options: SandboxOptions): Promise<WorkflowSandbox> {
  const { source, inThread = false, threadCount, sliceMs, threadHeapMiB, ...realmOptions } = options;
  if (inThread || options.debugMode === true) return new InThreadSandbox(await loadBundle(source), realmOptions);
  const sandbox = new ThreadedSandbox({ ...realmOptions, threadCount, sliceMs, threadHeapMiB });
  try {
    sandbox.loadBundle(await loadBundle(source));
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
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
