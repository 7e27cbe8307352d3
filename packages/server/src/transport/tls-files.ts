/** Which certificates a server shows, and what may be wrong with them; apart from `tls.ts`, which loads Node's TLS. */

export interface TlsFiles {
  /** PEM: the server's certificate, followed by those between it and the root. */
  readonly certFile: string;
  /** PEM: its private key, without a passphrase. */
  readonly keyFile: string;
  /** PEM: who signs the certificates of clients. When given, a client without such a certificate gets nothing. */
  readonly clientCaFile?: string;
}

/** A file is missing, unreadable or not what it should be; the message names it and says what is wrong. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}
