/** Which HTTP proxy a connection goes through. */
import type { ChannelProxy } from '@perdure/protocol/channel';
import { ValueError } from '../conversion/errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy of the option, or that of the environment: `grpc_proxy`, `https_proxy`, in either case. The environment's is not used
 * for this machine and for what `no_grpc_proxy` or `no_proxy` names: hosts, domains with all below them, `*`.
 */
export function proxyFor(
  address: string,
  option: string | false | undefined,
  env: Environment,
): ChannelProxy | undefined {
  if (option === false) return undefined;
  if (option !== undefined) return parseProxy(option);
  const fromEnvironment = variable(env, 'grpc_proxy') ?? variable(env, 'https_proxy');
  if (fromEnvironment === undefined) return undefined;
  const host = address
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return isExempt(host, variable(env, 'no_grpc_proxy') ?? variable(env, 'no_proxy') ?? '')
    ? undefined
    : parseProxy(fromEnvironment);
}

function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

function isExempt(host: string, list: string): boolean {
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true;
  return list
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/:\d+$/, '')
        .replace(/^\*?\./, ''),
    )
    .some((entry) => entry === '*' || (entry !== '' && (host === entry || host.endsWith(`.${entry}`))));
}

/** `http://user:password@host:port`, the scheme may be left out. Throws ValueError. */
function parseProxy(text: string): ChannelProxy {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol !== 'http:' || url.hostname === '') {
    throw new ValueError(`'${text.replace(/\/\/.*@/, '//')}' is not a proxy: write http://host:port`);
  }
  const { hostname, username, password } = url;
  const proxy = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 80) };
  if (username === '') return proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { ...proxy, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
