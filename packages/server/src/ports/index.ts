export * from './clock.js';
export * from './log.js';
export * from './random.js';
export * from './store.js';
export * from './visibility.js';
