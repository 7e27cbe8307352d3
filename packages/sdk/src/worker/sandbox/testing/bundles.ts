/** Workflow code for tests, from texts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBundle } from '../bundle-format.js';
import type { LoadedBundle } from '../bundle-format.js';
import type { BundleOptions, WorkflowBundleWithSourceMap } from '../bundle-options.js';
import { bundleWorkflowCode } from '../bundler/bundle-workflow-code.js';

type Files = Readonly<Record<string, string>>;
type Extra = Partial<Omit<BundleOptions, 'workflowsPath'>>;

/** Bundles `workflows.ts` of these files. Names of files in `extra` are relative to them. */
export async function bundleFiles(files: Files, extra: Extra = {}): Promise<WorkflowBundleWithSourceMap> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-bundle-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const inFolder = (path: string): string => (path.startsWith('./') ? join(folder, path) : path);
    const { payloadConverterPath, failureConverterPath, workflowInterceptorModules, ...rest } = extra;
    return await bundleWorkflowCode({
      ...rest,
      workflowsPath: join(folder, 'workflows.ts'),
      workflowInterceptorModules: workflowInterceptorModules?.map(inFolder),
      payloadConverterPath: payloadConverterPath && inFolder(payloadConverterPath),
      failureConverterPath: failureConverterPath && inFolder(failureConverterPath),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function bundleSource(source: string): Promise<LoadedBundle> {
  return readBundle((await bundleFiles({ 'workflows.ts': source })).code);
}
