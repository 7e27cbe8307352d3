/** Where a channel connects to. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port` or `[v6]:port`. Throws TypeError. */
export function parseAddress(address: string): Address {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/, '$1');
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`the address ${JSON.stringify(address)} is not HOST:PORT`);
  }
  return { host, port };
}
