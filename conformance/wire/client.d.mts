/** Contents of PEM files; each is optional. */
export interface TlsContents {
  readonly ca?: Uint8Array;
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
}

export interface WireClient {
  call(name: string, request?: object, options?: object): Promise<Record<string, unknown>>;
  close(): void;
}

export function connect(address: string, tls?: TlsContents): WireClient;
