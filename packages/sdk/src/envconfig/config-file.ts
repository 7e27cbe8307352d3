/** Where the configuration file is, and what is in it. */
import { readFileSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf } from '../conversion/error-class.js';
import { ValueError } from '../conversion/errors.js';
import { text } from './environment.js';
import type { Environment } from './environment.js';
import type { ConfigDataSource } from './profile.js';

/** The text, and what to call it in messages; no text when there is no such file. */
export interface ConfigText {
  readonly where: string;
  readonly text: string | undefined;
}

/** `source`, or the file of TEMPORAL_CONFIG_FILE, or that of the user. Throws ValueError when it cannot be read. */
export function readConfig(source: ConfigDataSource | undefined, env: Environment): ConfigText {
  if (source !== undefined && 'data' in source) {
    const { data } = source;
    return { where: 'The configuration', text: typeof data === 'string' ? data : new TextDecoder().decode(data) };
  }
  const path = source?.path ?? text(env, 'TEMPORAL_CONFIG_FILE') ?? userFile(env);
  if (path === undefined) return { where: "a configuration file (the user's folder is not known)", text: undefined };
  return { where: path, text: fileText(path) };
}

/** The content of a certificate or key. Throws ValueError when its file cannot be read. */
export function readSource(what: string, source: ConfigDataSource | undefined): Uint8Array | undefined {
  if (source === undefined) return undefined;
  if ('data' in source) return typeof source.data === 'string' ? new TextEncoder().encode(source.data) : source.data;
  try {
    return readFileSync(source.path);
  } catch (error) {
    throw new ValueError(`The ${what} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw new ValueError(`The configuration cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** `temporalio/temporal.toml` in the folder where this system keeps the settings of users. */
function userFile(env: Environment): string | undefined {
  const folder = userFolder(env);
  return folder === undefined ? undefined : join(folder, 'temporalio', 'temporal.toml');
}

function userFolder(env: Environment): string | undefined {
  const home = text(env, 'HOME') ?? homedir();
  switch (platform()) {
    case 'win32':
      return text(env, 'APPDATA');
    case 'darwin':
      return join(home, 'Library', 'Application Support');
    default: {
      const folder = text(env, 'XDG_CONFIG_HOME');
      return folder !== undefined && isAbsolute(folder) ? folder : join(home, '.config');
    }
  }
}
