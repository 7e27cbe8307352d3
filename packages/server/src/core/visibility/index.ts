/** The list-filter language: text → typed filter → predicate or SQL. */
export * from './attributes.js';
export * from './filter.js';
export { EXECUTION_STATUS_NAMES } from './literal-value.js';
export type { FilterValue } from './literal-value.js';
export * from './order.js';
export * from './page-token.js';
export { parseQuery } from './parser.js';
export * from './record.js';
export { refusalMessage } from './refusal.js';
export type { FilterRefusal, Outcome } from './refusal.js';
export { compileListQuery, resolveQuery } from './resolve.js';
export type { ListQuery, ResolveOptions } from './resolve.js';
export * from './sql.js';
export type { CompareOperator, Condition, Literal, Name, QueryTree } from './syntax-tree.js';
