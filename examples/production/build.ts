// At build time: node production/build.js. The image then holds one file of workflow code and needs no bundler.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from 'perdure/worker';

export async function build(path: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('workflows.js', import.meta.url)) });
  await writeFile(path, code);
}

const [, program, path] = process.argv;
if (program === fileURLToPath(import.meta.url)) await build(path ?? 'workflow-bundle.js');
