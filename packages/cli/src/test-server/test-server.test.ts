/** `test-server` as the test environments of the SDKs run it: one argument, the port. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testService } from '@perdure/protocol';
import { Channel } from '@perdure/protocol/channel';

const LAUNCHER = fileURLToPath(new URL('../../bin/perdure-test-server.js', import.meta.url));

test('one argument: time can be skipped, and a signal ends it', async () => {
  const child = spawn(process.execPath, [LAUNCHER, '0', '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [, address = ''] = /: test server, (127\.0\.0\.1:\d+)\n$/.exec(line.toString()) ?? assert.fail(line.toString());
  const channel = new Channel({ address });
  const { GetCurrentTime, UnlockTimeSkippingWithSleep } = testService;
  const dayMs = 86_400_000;
  const now = async (): Promise<number> =>
    GetCurrentTime.response.decode(await channel.call(GetCurrentTime.path, GetCurrentTime.request.encode({}), {}))
      .time ?? 0;
  const before = await now();
  await channel.call(
    UnlockTimeSkippingWithSleep.path,
    UnlockTimeSkippingWithSleep.request.encode({ duration: dayMs }),
    {},
  );
  assert.ok((await now()) - before >= dayMs);
  channel.close();
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});
