// Values that are wrong somewhere, and the valid start request that cases change.

export const long = 'x'.repeat(1001);
export const uuid = '00000000-0000-4000-8000-000000000000';
export const seconds = (n) => ({ seconds: n });
export const payloads = (size) => ({
  payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.alloc(size, 1) }],
});
export const text = (value) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});

let made = 0; // every start has ids of its own, else the request id would make it a repetition
export const start = ({ nonce, queue, namespace }, change) => ({
  namespace,
  workflowId: `bad-start-${nonce}-${++made}`,
  workflowType: { name: 'none' },
  taskQueue: { name: queue },
  requestId: `r-${nonce}-${made}`,
  identity: 'probe',
  ...change,
});
