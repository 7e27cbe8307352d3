// Settings of task queues: rate limits and weights.
import { long } from './values.mjs';

export function taskQueueConfigs({ namespace, queue }) {
  const update = (label, change) => [
    'UpdateTaskQueueConfig',
    label,
    { namespace, taskQueue: `${queue}-settings`, taskQueueType: 2, identity: 'probe', ...change },
  ];
  const rate = (requestsPerSecond, reason = '') => ({ rateLimit: { requestsPerSecond }, reason });
  const weights = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, 1]));
  return [
    update('nothing to change', {}),
    update('no task queue', { taskQueue: '' }),
    update('task queue of 1001 characters', { taskQueue: long }),
    update('task queue with the reserved prefix', { taskQueue: '/_sys/x' }),
    update('no type', { taskQueueType: 0 }),
    update('type 77', { taskQueueType: 77 }),
    update('rate of a workflow queue', { taskQueueType: 1, updateQueueRateLimit: rate(1) }),
    update('rate of the keys of a workflow queue', { taskQueueType: 1, updateFairnessKeyRateLimitDefault: rate(1) }),
    update('rate of a workflow queue taken away', { taskQueueType: 1, updateQueueRateLimit: {} }),
    update('weights of a workflow queue', { taskQueueType: 1, setFairnessWeightOverrides: { a: 2 } }),
    update('negative rate', { updateQueueRateLimit: rate(-1) }),
    update('negative rate of the keys', { updateFairnessKeyRateLimitDefault: rate(-1) }),
    update('rate that is no number', { updateQueueRateLimit: rate(Number.NaN) }),
    update('rate without end', { updateQueueRateLimit: rate(Number.POSITIVE_INFINITY) }),
    update('reason of 1001 characters', { updateQueueRateLimit: rate(1, long) }),
    update('reason of 1001 characters without a rate', { updateQueueRateLimit: { reason: long } }),
    update('identity of 1001 characters', { identity: long }),
    update('empty key', { setFairnessWeightOverrides: { '': 1 } }),
    update('empty key unset', { unsetFairnessWeightOverrides: [''] }),
    update('key of 65 bytes', { setFairnessWeightOverrides: { ['k'.repeat(65)]: 1 } }),
    update('weight 0', { setFairnessWeightOverrides: { a: 0 } }),
    update('negative weight', { setFairnessWeightOverrides: { a: -1 } }),
    update('key set and unset', { setFairnessWeightOverrides: { a: 1 }, unsetFairnessWeightOverrides: ['a'] }),
    update('unset what is not there', { unsetFairnessWeightOverrides: ['nobody'] }),
    update('1001 weights', { setFairnessWeightOverrides: weights(1001) }),
    update('1000 weights', { setFairnessWeightOverrides: weights(1000) }),
    update('one weight more than 1000', { setFairnessWeightOverrides: { more: 1 } }),
  ];
}
