/** Why an encrypted payload cannot be read. */
import { namedErrorClass } from '../conversion/error-class.js';
import { PayloadConverterError } from '../conversion/errors.js';

/** The key is not there, or it is not the one that the payload was encrypted with. */
export class PayloadDecryptionError extends PayloadConverterError {
  /** What the payload says; undefined when it says nothing. */
  readonly keyId: string | undefined;

  constructor(message: string, keyId: string | undefined, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.keyId = keyId;
  }
}
namedErrorClass(PayloadDecryptionError, 'PayloadDecryptionError');
