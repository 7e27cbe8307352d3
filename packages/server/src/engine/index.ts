export { decodeNamespace, encodeNamespace } from './namespaces.js';
export { decodeQueueSettings } from './queue-settings.js';
export { Engine } from './engine.js';
export type { EngineOptions } from './engine.js';
export { restoreRun } from './directory.js';
export type * from './messages.js';
export { Run } from './run.js';
