/** The file: TOML, looked at closely enough to say what is wrong in it, and where. */
import { parse, stringify, TomlError } from 'smol-toml';
import { ValueError } from '../conversion/errors.js';
import type { TomlClientConfig, TomlClientConfigTLS, TomlClientConfigProfile } from './toml-profile.js';

type Kind = 'text' | 'yes or no';
type Keys = Readonly<Record<string, Kind>>;

const profileKeys: { readonly [K in Exclude<keyof TomlClientConfigProfile, 'tls' | 'codec' | 'grpc_meta'>]-?: Kind } = {
  address: 'text',
  namespace: 'text',
  api_key: 'text',
};
const tlsKeys: { readonly [K in keyof TomlClientConfigTLS]-?: Kind } = {
  disabled: 'yes or no',
  server_name: 'text',
  client_cert_path: 'text',
  client_cert_data: 'text',
  client_key_path: 'text',
  client_key_data: 'text',
  server_ca_cert_path: 'text',
  server_ca_cert_data: 'text',
  disable_host_verification: 'yes or no',
};
const codecKeys = { endpoint: 'text', auth: 'text' } as const;

/** Throws ValueError for what is no TOML and for values of the wrong kind; if strict, for keys that mean nothing too. */
export function parseConfig(text: string, isStrict: boolean, where = 'The configuration'): TomlClientConfig {
  const root = parsed(text, where);
  const profiles = table(root['profile'] ?? {}, 'profile', where);
  const check = new Check(where, isStrict);
  check.known(root, '', ['profile']);
  for (const [name, value] of Object.entries(profiles)) checkProfile(check, `profile.${name}`, value);
  return { profile: profiles } as unknown as TomlClientConfig;
}

export function configText(config: TomlClientConfig): string {
  return stringify(config);
}

function parsed(text: string, where: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ValueError(`${where} is not TOML: ${error.message}`, { cause: error });
  }
}

function checkProfile(check: Check, path: string, value: unknown): void {
  const { tls, codec, grpc_meta: meta, ...plain } = table(value, path, check.where);
  check.values(plain, path, profileKeys);
  if (tls !== undefined) check.values(table(tls, `${path}.tls`, check.where), `${path}.tls`, tlsKeys);
  if (codec !== undefined) check.values(table(codec, `${path}.codec`, check.where), `${path}.codec`, codecKeys);
  if (meta === undefined) return;
  const headers = table(meta, `${path}.grpc_meta`, check.where);
  const texts = Object.fromEntries(Object.keys(headers).map((name) => [name, 'text' as const]));
  check.values(headers, `${path}.grpc_meta`, texts);
}

type Table = Record<string, unknown>;

function table(value: unknown, path: string, where: string): Table {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
    return value as Table;
  }
  throw new ValueError(`${where}: ${path} must be a table: [${path}]`);
}

class Check {
  readonly where: string;
  readonly #isStrict: boolean;

  constructor(where: string, isStrict: boolean) {
    this.where = where;
    this.#isStrict = isStrict;
  }

  known(found: Table, path: string, keys: readonly string[]): void {
    const unknown = this.#isStrict ? Object.keys(found).filter((key) => !keys.includes(key)) : [];
    if (unknown.length === 0) return;
    const place = path === '' ? 'at the top' : `in [${path}]`;
    throw new ValueError(
      `${this.where} has ${unknown.map((key) => `'${key}'`).join(', ')} ${place}, which means nothing: use ${keys.join(', ')}`,
    );
  }

  values(found: Table, path: string, keys: Keys): void {
    this.known(found, path, knownIn(keys));
    for (const [key, kind] of Object.entries(keys)) {
      const value = found[key];
      const type = kind === 'text' ? 'string' : 'boolean';
      if (value === undefined || typeof value === type) continue;
      throw new ValueError(`${this.where}: ${path}.${key} must be ${kind === 'text' ? 'a text' : 'true or false'}`);
    }
  }
}

/** For the message: what else a profile can have. */
function knownIn(keys: Keys): readonly string[] {
  return keys === profileKeys ? [...Object.keys(keys), 'tls', 'codec', 'grpc_meta'] : Object.keys(keys);
}
