/** `DOMException`, which aborts, timeouts and clone errors are. */
import { defineTag } from './methods.js';

/** Numbers that old code compares; names not listed have 0. */
const CODES = {
  INDEX_SIZE_ERR: ['IndexSizeError', 1],
  HIERARCHY_REQUEST_ERR: ['HierarchyRequestError', 3],
  INVALID_CHARACTER_ERR: ['InvalidCharacterError', 5],
  NOT_FOUND_ERR: ['NotFoundError', 8],
  NOT_SUPPORTED_ERR: ['NotSupportedError', 9],
  INVALID_STATE_ERR: ['InvalidStateError', 11],
  SYNTAX_ERR: ['SyntaxError', 12],
  TYPE_MISMATCH_ERR: ['TypeMismatchError', 17],
  ABORT_ERR: ['AbortError', 20],
  QUOTA_EXCEEDED_ERR: ['QuotaExceededError', 22],
  TIMEOUT_ERR: ['TimeoutError', 23],
  DATA_CLONE_ERR: ['DataCloneError', 25],
} as const satisfies Record<string, readonly [string, number]>;

export class DOMException extends Error {
  readonly #name: string;

  constructor(message = '', options: string | { readonly name?: string; readonly cause?: unknown } = 'Error') {
    const { name = 'Error', cause } = typeof options === 'string' ? { name: options } : options;
    super(String(message), cause === undefined ? undefined : { cause });
    this.#name = String(name);
  }

  override get name(): string {
    return this.#name;
  }

  get code(): number {
    return Object.values(CODES).find(([name]) => name === this.#name)?.[1] ?? 0;
  }
}

/** More was asked for than is allowed; newer Nodes have it as a class. */
export class QuotaExceededError extends DOMException {
  readonly quota: number | null;
  readonly requested: number | null;

  constructor(
    message = '',
    { quota = null, requested = null }: { quota?: number | null; requested?: number | null } = {},
  ) {
    super(message, 'QuotaExceededError');
    this.quota = quota;
    this.requested = requested;
  }
}
defineTag(QuotaExceededError.prototype, 'QuotaExceededError');

for (const [constant, [, value]] of Object.entries(CODES)) {
  for (const target of [DOMException, DOMException.prototype]) {
    Object.defineProperty(target, constant, { value, enumerable: true });
  }
}
defineTag(DOMException.prototype, 'DOMException');
