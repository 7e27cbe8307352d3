/** Perdure's Service as a library. */
export { createServer } from './create-server.js';
export type { Server, ServerOptions } from './create-server.js';
export { streamLog } from './log.js';
export type { LogFormat, LogThreshold } from './log.js';
export { VirtualClock } from './time-skipping/virtual-clock.js';
export type { VirtualClockOptions } from './time-skipping/virtual-clock.js';
export { PRODUCT_VERSION, SERVER_VERSION } from './version.js';
export { DEFAULT_LIMITS } from '../core/limits.js';
export type { Limits } from '../core/limits.js';
export { StoreError } from '../ports/index.js';
export type { Clock, Log, LogLevel, Random, Store } from '../ports/index.js';
export { TlsFilesError } from '../transport/tls-files.js';
export type { TlsFiles } from '../transport/tls-files.js';
