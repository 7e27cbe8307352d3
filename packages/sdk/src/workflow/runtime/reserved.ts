/** Names that are not the application's. */

const PREFIX = '__temporal_';
export const STACK_TRACE_QUERY = '__stack_trace';
export const ENHANCED_STACK_TRACE_QUERY = '__enhanced_stack_trace';
export const METADATA_QUERY = '__temporal_workflow_metadata';

/** No interceptor sees them. */
export function isReserved(name: string): boolean {
  return name.startsWith(PREFIX) || name === STACK_TRACE_QUERY || name === ENHANCED_STACK_TRACE_QUERY;
}

/** Throws TypeError. */
export function checkReserved(what: 'signal' | 'query' | 'update', name: string): void {
  if (name.startsWith(PREFIX))
    throw new TypeError(`Cannot use ${what} name: '${name}', with reserved prefix: '${PREFIX}'`);
  if (isReserved(name)) throw new TypeError(`Cannot use ${what} name: '${name}', which is a reserved name`);
}
