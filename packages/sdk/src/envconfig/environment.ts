/** `TEMPORAL_*` variables over a profile. An empty variable is one that is not set. */
import { ValueError } from '../conversion/errors.js';
import { headerName, withoutUndefined } from './profile.js';
import type { ClientConfigCodec, ClientConfigProfile, ClientConfigTLS, ConfigDataSource } from './profile.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const META = 'TEMPORAL_GRPC_META_';

/** Throws ValueError for a variable with a value that it cannot have. */
export function withEnvironment(profile: ClientConfigProfile, env: Environment): ClientConfigProfile {
  return withoutUndefined({
    ...profile,
    address: text(env, 'TEMPORAL_ADDRESS') ?? profile.address,
    namespace: text(env, 'TEMPORAL_NAMESPACE') ?? profile.namespace,
    apiKey: text(env, 'TEMPORAL_API_KEY') ?? profile.apiKey,
    tls: merged(profile.tls, tlsOf(env)),
    codec: merged(profile.codec, codecOf(env)),
    grpcMeta: grpcMeta(profile.grpcMeta, env),
  });
}

export function text(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function tlsOf(env: Environment): ClientConfigTLS {
  const isOn = flag(env, 'TEMPORAL_TLS');
  return {
    disabled: isOn === undefined ? undefined : !isOn,
    serverName: text(env, 'TEMPORAL_TLS_SERVER_NAME'),
    clientCert: source(env, 'TEMPORAL_TLS_CLIENT_CERT'),
    clientKey: source(env, 'TEMPORAL_TLS_CLIENT_KEY'),
    serverCACert: source(env, 'TEMPORAL_TLS_SERVER_CA_CERT'),
    disableHostVerification: flag(env, 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'),
  };
}

function codecOf(env: Environment): ClientConfigCodec {
  return { endpoint: text(env, 'TEMPORAL_CODEC_ENDPOINT'), auth: text(env, 'TEMPORAL_CODEC_AUTH') };
}

/** A certificate in the environment replaces one of the file, in whichever way each is given. */
function source(env: Environment, name: string): ConfigDataSource | undefined {
  const path = text(env, `${name}_PATH`);
  const data = text(env, `${name}_DATA`);
  if (path !== undefined && data !== undefined) {
    throw new ValueError(`Both ${name}_PATH and ${name}_DATA are set: keep one of them`);
  }
  if (data !== undefined) return { data };
  return path === undefined ? undefined : { path };
}

function merged<T extends object>(below: T | undefined, above: T): T | undefined {
  const said = withoutUndefined(above);
  return Object.keys(said).length === 0 ? below : { ...below, ...said };
}

/** Here an empty variable means something: the header is not sent. */
function grpcMeta(below: Record<string, string> | undefined, env: Environment): Record<string, string> | undefined {
  const variables = Object.keys(env).filter((name) => name.startsWith(META) && env[name] !== undefined);
  if (variables.length === 0) return below;
  const headers = { ...below };
  for (const variable of variables) {
    const name = headerName(variable.slice(META.length));
    const value = env[variable] ?? '';
    if (value === '') delete headers[name];
    else headers[name] = value;
  }
  return headers;
}

function flag(env: Environment, name: string): boolean | undefined {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw new ValueError(`${name} is '${value}': write true or false`);
}
