/** Who may do what. For now everyone may do everything; this is the place where that is decided. */
import type { Rejection } from '../core/rejection.js';
import type { Caller } from './contract.js';

export interface CallTarget {
  /** `/service/method`. */
  readonly path: string;
  /** Name of the namespace, as the request says it; empty for calls about the whole cluster. */
  readonly namespace: string;
}

/** Undefined = allowed. Asked before the namespace is looked up, so that a refusal does not tell whether it exists. */
export function authorize(_caller: Caller, _target: CallTarget): Rejection | undefined {
  return undefined;
}
