/** The pure core: one Workflow Execution as a value, and what may happen to it. Safe in a browser. */
export * from './execution/index.js';
export * from './limits.js';
export * from './rejection.js';
