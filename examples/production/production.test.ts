import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { example } from '../testing/example.js';
import * as activities from './activities.js';
import { build } from './build.js';
import { thumbnails } from './workflows.js';

const codePath = join(mkdtempSync(join(tmpdir(), 'perdure-bundle-')), 'workflow-bundle.js');
await build(codePath);

example('a prebuilt bundle', { workflowBundle: { codePath }, activities }, async ({ client, taskQueue, id }) => {
  const images = await client.workflow.execute(thumbnails, { workflowId: id(), taskQueue, args: ['cat', [64, 128]] });
  assert.deepEqual(images, ['cat@64', 'cat@128']);
});
