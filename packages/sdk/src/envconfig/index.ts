/**
 * `perdure/envconfig`: where a client connects to, from `temporal.toml` and `TEMPORAL_*` variables, so that the same program runs
 * on a laptop and in production.
 *
 *     const { connectionOptions, namespace } = loadClientConnectConfig();
 *     const connection = await Connection.connect(connectionOptions);
 *     const client = new Client({ connection, namespace });
 *
 * What the program itself says (`overrides`) goes before the environment, and that before the file.
 */
export { toClientOptions, toTLSConfig } from './connect-config.js';
export type { ClientConnectConfig } from './connect-config.js';
export {
  clientConfigToToml,
  loadClientConfig,
  loadClientConfigFromToml,
  loadClientConfigProfile,
  loadClientConnectConfig,
} from './load.js';
export type { ClientConfigFromTomlOptions, LoadClientConfigOptions, LoadClientProfileOptions } from './load.js';
export type {
  ClientConfig,
  ClientConfigCodec,
  ClientConfigProfile,
  ClientConfigTLS,
  ConfigDataSource,
} from './profile.js';
export { fromTomlConfig, fromTomlProfile, toTomlConfig, toTomlProfile } from './toml-profile.js';
export type { TomlClientConfig, TomlClientConfigProfile } from './toml-profile.js';
