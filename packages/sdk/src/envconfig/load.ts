/** File, environment and what the program says, one over the other. */
import { ValueError } from '../conversion/errors.js';
import { readConfig } from './config-file.js';
import type { ConfigText } from './config-file.js';
import { toClientOptions } from './connect-config.js';
import type { ClientConnectConfig } from './connect-config.js';
import { text, withEnvironment } from './environment.js';
import type { Environment } from './environment.js';
import { withoutUndefined } from './profile.js';
import type { ClientConfig, ClientConfigProfile, ConfigDataSource } from './profile.js';
import { configText, parseConfig } from './toml-file.js';
import { fromTomlConfig, toTomlConfig } from './toml-profile.js';

export interface LoadClientConfigOptions {
  /** Read this instead of the file of TEMPORAL_CONFIG_FILE or of the user (`~/.config/temporalio/temporal.toml` on Linux). */
  configSource?: ConfigDataSource | undefined;
  /** Refuse keys that mean nothing. Default false. */
  configFileStrict?: boolean | undefined;
  /** Variables to look at instead of those of the process. */
  overrideEnvVars?: Record<string, string> | undefined;
}

export interface LoadClientProfileOptions extends LoadClientConfigOptions {
  /** Default: that of TEMPORAL_PROFILE, else `default`. */
  profile?: string | undefined;
  /** Read no file. */
  disableFile?: boolean | undefined;
  /** Look at no variables for the profile. */
  disableEnv?: boolean | undefined;
  /** What the program was told, on its command line for instance: it goes before everything else. */
  overrides?: ClientConfigProfile | undefined;
}

export interface ClientConfigFromTomlOptions {
  /** Refuse keys that mean nothing. */
  strict: boolean;
}

/** All profiles of the file, without the variables. No file is no profiles. Throws ValueError for what is wrong in it. */
export function loadClientConfig(options: LoadClientConfigOptions = {}): ClientConfig {
  return configOf(readConfig(options.configSource, options.overrideEnvVars ?? process.env), options);
}

export function loadClientConfigFromToml(tomlData: Uint8Array, options: ClientConfigFromTomlOptions): ClientConfig {
  return fromTomlConfig(parseConfig(new TextDecoder().decode(tomlData), options.strict));
}

export function clientConfigToToml(config: ClientConfig): Uint8Array {
  return new TextEncoder().encode(configText(toTomlConfig(config)));
}

/** One profile, with variables and overrides. Throws ValueError when a profile that was asked for does not exist. */
export function loadClientConfigProfile(options: LoadClientProfileOptions = {}): ClientConfigProfile {
  const { disableFile = false, disableEnv = false, overrides = {} } = options;
  if (disableFile && disableEnv) throw new ValueError('Cannot disable both file and environment: nothing is left');
  const env = options.overrideEnvVars ?? process.env;
  const fromFile = disableFile ? {} : profileOfFile(options, env);
  const profile = disableEnv ? fromFile : withEnvironment(fromFile, env);
  const { tls, codec, grpcMeta, ...plain } = withoutUndefined(overrides);
  return {
    ...profile,
    ...plain,
    ...(tls && { tls: { ...profile.tls, ...withoutUndefined(tls) } }),
    ...(codec && { codec: { ...profile.codec, ...withoutUndefined(codec) } }),
    ...(grpcMeta && { grpcMeta: { ...profile.grpcMeta, ...grpcMeta } }),
  };
}

/** The same, ready for `Connection.connect` and `new Client`. */
export function loadClientConnectConfig(options: LoadClientProfileOptions = {}): ClientConnectConfig {
  return toClientOptions(loadClientConfigProfile(options));
}

function configOf({ text: found, where }: ConfigText, options: LoadClientConfigOptions): ClientConfig {
  if (found === undefined) return { profiles: {} };
  return fromTomlConfig(parseConfig(found, options.configFileStrict ?? false, where));
}

function profileOfFile(options: LoadClientProfileOptions, env: Environment): ClientConfigProfile {
  const file = readConfig(options.configSource, env);
  const { profiles } = configOf(file, options);
  const asked = options.profile ?? text(env, 'TEMPORAL_PROFILE');
  const name = asked ?? 'default';
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined || asked === undefined) return profile ?? {};
  if (file.text === undefined) throw new ValueError(`There is no profile '${asked}': ${file.where} does not exist`);
  const known = Object.keys(profiles).join(', ') || 'none';
  throw new ValueError(
    `There is no profile '${asked}' in ${file.where.replace(/^The/, 'the')}. Its profiles: ${known}`,
  );
}
