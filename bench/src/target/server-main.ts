/**
 * Our server in a process of its own, with nothing but what `createServer` gives, and an IPC channel to ask for its memory
 * and to end it in order (a profile is only written at an orderly end).
 */
import { createServer } from '@perdure/server';
import type { ServerAnswer, ServerQuestion } from './server-process.js';

const [port = '0', dbFilename = ''] = process.argv.slice(2);
const server = await createServer({ port: Number(port), metricsPort: 0, ...(dbFilename === '' ? {} : { dbFilename }) });
const tell = (answer: ServerAnswer): void => void process.send?.(answer);

process.on('message', (question: ServerQuestion) => {
  if (question.kind === 'memory') {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    tell({ kind: 'memory', usedBytes: heapUsed + external, residentBytes: rss });
    return;
  }
  void server.close(0).then(() => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready', port: server.address?.port ?? 0, metricsUrl: server.metricsUrl ?? '' });
