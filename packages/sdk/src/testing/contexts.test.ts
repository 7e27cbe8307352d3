/** Test runners that evaluate code in contexts of `node:vm`, as jest does: what is there cannot import, and it works all the same. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createContext, Script } from 'node:vm';
import type * as inProcessServer from './in-process-server.js';

const sdk = join(import.meta.dirname, '..', '..');

test('the server is found from a context that cannot import', async () => {
  execFileSync(process.execPath, [join(sdk, '..', '..', 'scripts', 'commonjs.mjs')]);
  const filename = join(sdk, 'cjs', 'testing', 'in-process-server.js');
  const code = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`;
  const module = { exports: {} as typeof inProcessServer };
  const evaluate = new Script(code, { filename }).runInContext(createContext({ process, Date, Map })) as (
    ...args: unknown[]
  ) => void;
  evaluate(module.exports, createRequire(filename), module, filename, dirname(filename));
  const server = await module.exports.startInProcess({ skipsTime: true });
  const { serverVersion } = await server.connection.workflowService.getSystemInfo({});
  assert.notEqual(serverVersion, '');
  await server.close();
});
