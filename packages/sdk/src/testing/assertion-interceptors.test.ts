import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '../conversion/failure.js';
import { interceptors } from './assertion-interceptors.js';
import { workflowInterceptorModules } from './index.js';

const { inbound: [inbound = {}] = [] } = interceptors();
const input = { args: [], headers: {} };

test('a failed assertion fails the workflow, not its task', async () => {
  await assert.rejects(
    async () => inbound.execute?.(input, async () => assert.equal(1, 2, 'one is not two')),
    (error) =>
      error instanceof ApplicationFailure &&
      error.nonRetryable === true &&
      error.type === 'AssertionError' &&
      error.message.startsWith('one is not two') &&
      /assertion-interceptors\.test/.test(error.stack ?? ''),
  );
  await assert.rejects(
    async () => inbound.handleSignal?.({ ...input, signalName: 's' }, async () => assert.fail()),
    ApplicationFailure,
  );
});

test('everything else passes as it is', async () => {
  const error = new TypeError('no');
  await assert.rejects(
    async () => inbound.execute?.(input, async () => Promise.reject(error)),
    (thrown) => thrown === error,
  );
  assert.equal(await inbound.execute?.(input, async () => 'result'), 'result');
});

test('the module is a file that workers can be given', async () => {
  const [path = ''] = workflowInterceptorModules;
  assert.equal(((await import(path)) as { interceptors: unknown }).interceptors, interceptors);
});
