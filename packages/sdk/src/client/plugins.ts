/** Plugins: objects that change the options of what they are given to. */
import type { ClientOptions } from './client.js';
import type { ConnectionOptions } from './connection-options.js';

/** Changes the options of a client. One that is a `ConnectionPlugin` too reaches all clients of its connection. */
export interface ClientPlugin {
  readonly name: string;
  /** Answers with the options to use; the given ones, changed or not. */
  configureClient?(options: Omit<ClientOptions, 'plugins'>): Omit<ClientOptions, 'plugins'>;
}

/** Changes the options of a connection. */
export interface ConnectionPlugin {
  readonly name: string;
  configureConnection?(options: ConnectionOptions): ConnectionOptions;
}

/** The options after all plugins, in their order. */
export function configuredConnection({ plugins = [], ...options }: ConnectionOptions): ConnectionOptions {
  const configured = plugins.reduce<ConnectionOptions>(
    (now, plugin) => plugin.configureConnection?.(now) ?? now,
    options,
  );
  return { ...configured, plugins };
}

/** The same for a client: first the plugins of its connection, then its own. */
export function configuredClient({ plugins = [], ...options }: ClientOptions): ClientOptions {
  const ofConnection = (options.connection?.plugins ?? []) as readonly ClientPlugin[];
  const all = [...ofConnection.filter((plugin) => !plugins.includes(plugin)), ...plugins];
  return all.reduce<ClientOptions>((now, plugin) => plugin.configureClient?.(now) ?? now, options);
}
