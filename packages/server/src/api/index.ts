/** The API layer: request bytes → plan, engine answer → response bytes. */
export type { ApiContext, Caller, EngineAnswers, NamespaceDirectory } from './contract.js';
export { dispatch } from './dispatch.js';
export type { Dispatched, Finished } from './dispatch.js';
export { toRpcError } from './errors.js';
export { SYSTEM_NAMESPACE } from './namespace.js';
export { UNIMPLEMENTED_OPERATOR_SERVICE, UNIMPLEMENTED_WORKFLOW_SERVICE } from './unimplemented.js';
