/** Why a call about a schedule was refused. */
import { StatusCode } from '@perdure/protocol';
import { namedErrorClass } from '../../conversion/error-class.js';
import { isGrpcServiceError } from '../grpc-error.js';
import { serviceError } from '../service-errors.js';

/** There is a schedule of this id already. */
export class ScheduleAlreadyRunning extends Error {
  readonly scheduleId: string;

  constructor(message: string, scheduleId: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.scheduleId = scheduleId;
  }
}
namedErrorClass(ScheduleAlreadyRunning, 'ScheduleAlreadyRunning');

/** There is no schedule of this id, or it was deleted. */
export class ScheduleNotFoundError extends Error {
  readonly scheduleId: string;

  constructor(message: string, scheduleId: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.scheduleId = scheduleId;
  }
}
namedErrorClass(ScheduleNotFoundError, 'ScheduleNotFoundError');

/** What is thrown instead of `thrown`. */
export function scheduleError(thrown: unknown, what: string, scheduleId: string): unknown {
  const known = serviceError(thrown, what);
  if (!isGrpcServiceError(thrown) || (known instanceof Error && known.name === 'NamespaceNotFoundError')) return known;
  if (thrown.code === StatusCode.NOT_FOUND) {
    const message = `There is no schedule '${scheduleId}': it was not created in this namespace, or it was deleted`;
    return new ScheduleNotFoundError(message, scheduleId, { cause: thrown });
  }
  if (thrown.code === StatusCode.ALREADY_EXISTS) {
    const message = `There is a schedule '${scheduleId}' already: update it with getHandle(), or use another scheduleId`;
    return new ScheduleAlreadyRunning(message, scheduleId, { cause: thrown });
  }
  return known;
}
