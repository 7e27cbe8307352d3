/** Profiles as the file has them: names with underscores, certificates as `…_path` or `…_data`. */
import { ValueError } from '../conversion/errors.js';
import { headerName, withoutUndefined } from './profile.js';
import type { ClientConfig, ClientConfigProfile, ClientConfigTLS, ConfigDataSource } from './profile.js';

export interface TomlClientConfigTLS {
  disabled?: boolean | undefined;
  server_name?: string | undefined;
  client_cert_path?: string | undefined;
  client_cert_data?: string | undefined;
  client_key_path?: string | undefined;
  client_key_data?: string | undefined;
  server_ca_cert_path?: string | undefined;
  server_ca_cert_data?: string | undefined;
  disable_host_verification?: boolean | undefined;
}

export interface TomlClientConfigProfile {
  address?: string | undefined;
  namespace?: string | undefined;
  api_key?: string | undefined;
  tls?: TomlClientConfigTLS | undefined;
  codec?: { endpoint?: string | undefined; auth?: string | undefined } | undefined;
  grpc_meta?: Record<string, string> | undefined;
}

export interface TomlClientConfig {
  profile: Record<string, TomlClientConfigProfile>;
}

export function fromTomlConfig({ profile }: TomlClientConfig): ClientConfig {
  const profiles = Object.entries(profile).map(([name, one]) => [name, fromTomlProfile(one)]);
  return { profiles: Object.fromEntries(profiles) as ClientConfig['profiles'] };
}

export function toTomlConfig({ profiles }: ClientConfig): TomlClientConfig {
  const profile = Object.entries(profiles).map(([name, one]) => [name, toTomlProfile(one)]);
  return { profile: Object.fromEntries(profile) as TomlClientConfig['profile'] };
}

/** Throws ValueError when both a path and data are given for one thing. */
export function fromTomlProfile(profile: TomlClientConfigProfile): ClientConfigProfile {
  const { address, namespace, api_key: apiKey, tls, codec, grpc_meta: meta } = profile;
  return withoutUndefined({
    address,
    namespace,
    apiKey,
    tls: tls && fromTomlTls(tls),
    codec,
    grpcMeta: meta && withHeaderNames(meta),
  });
}

export function toTomlProfile(profile: ClientConfigProfile): TomlClientConfigProfile {
  const { address, namespace, apiKey, tls, codec, grpcMeta } = profile;
  return withoutUndefined({
    address,
    namespace,
    api_key: apiKey,
    tls: tls && toTomlTls(tls),
    codec: codec && withoutUndefined(codec),
    grpc_meta: grpcMeta && withHeaderNames(grpcMeta),
  });
}

function withHeaderNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [headerName(name), value]));
}

function fromTomlTls(tls: TomlClientConfigTLS): ClientConfigTLS {
  return withoutUndefined({
    disabled: tls.disabled,
    serverName: tls.server_name,
    clientCert: dataSource('client_cert', tls.client_cert_path, tls.client_cert_data),
    clientKey: dataSource('client_key', tls.client_key_path, tls.client_key_data),
    serverCACert: dataSource('server_ca_cert', tls.server_ca_cert_path, tls.server_ca_cert_data),
    disableHostVerification: tls.disable_host_verification,
  });
}

function toTomlTls(tls: ClientConfigTLS): TomlClientConfigTLS {
  return withoutUndefined({
    disabled: tls.disabled,
    server_name: tls.serverName,
    client_cert_path: pathOf(tls.clientCert),
    client_cert_data: textOf(tls.clientCert),
    client_key_path: pathOf(tls.clientKey),
    client_key_data: textOf(tls.clientKey),
    server_ca_cert_path: pathOf(tls.serverCACert),
    server_ca_cert_data: textOf(tls.serverCACert),
    disable_host_verification: tls.disableHostVerification,
  });
}

function dataSource(name: string, path: string | undefined, data: string | undefined): ConfigDataSource | undefined {
  if (path !== undefined && data !== undefined) {
    throw new ValueError(`Both tls.${name}_path and tls.${name}_data are set: keep one of them`);
  }
  if (data !== undefined) return { data };
  return path === undefined ? undefined : { path };
}

function pathOf(source: ConfigDataSource | undefined): string | undefined {
  return source !== undefined && 'path' in source ? source.path : undefined;
}

function textOf(source: ConfigDataSource | undefined): string | undefined {
  if (source === undefined || !('data' in source)) return undefined;
  return typeof source.data === 'string' ? source.data : new TextDecoder().decode(source.data);
}
