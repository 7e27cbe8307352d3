/** Certificate files: read, checked, watched; a change takes effect for new connections, old ones go on. */

import { X509Certificate } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TransportLog } from './contract.js';
import { TlsFilesError } from './tls-files.js';
import type { TlsFiles } from './tls-files.js';

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

/** Reads and checks the files. Throws TlsFilesError. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca] = await Promise.all([
    readPem('certificate', files.certFile),
    readPem('key', files.keyFile),
    files.clientCaFile === undefined ? undefined : readPem('client CA', files.clientCaFile),
  ]);
  checkCertificate('certificate', files.certFile, cert);
  if (ca !== undefined && files.clientCaFile !== undefined) checkCertificate('client CA', files.clientCaFile, ca);
  const material: TlsMaterial = ca === undefined ? { cert, key } : { cert, key, ca };
  check(`the key ${files.keyFile} cannot be used`, { key });
  check(`the key ${files.keyFile} does not fit the certificate ${files.certFile}`, material);
  return material;
}

/** How long files must be quiet before they are read again: a renewal writes several. */
const settleMs = 100;
/** Changes that no file event reports (network file systems) are found by looking. */
const lookEveryMs = 60_000;

/** Watches the files of a running server. */
export class TlsWatcher {
  readonly #files: TlsFiles;
  readonly #log: TransportLog;
  readonly #changed: (material: TlsMaterial) => void;
  readonly #watchers: FSWatcher[] = [];
  readonly #lookTimer: NodeJS.Timeout;
  #current: TlsMaterial;
  #settleTimer: NodeJS.Timeout | undefined;
  #lastErrorText = '';

  constructor(files: TlsFiles, current: TlsMaterial, log: TransportLog, changed: (material: TlsMaterial) => void) {
    this.#files = files;
    this.#current = current;
    this.#log = log;
    this.#changed = changed;
    this.#lookTimer = setInterval(() => void this.reload(), lookEveryMs).unref();
    this.#watchFolders();
  }

  /** Reads the files now. Bad files are logged and the certificates in use stay. True when something changed. */
  async reload(): Promise<boolean> {
    try {
      const material = await readTlsFiles(this.#files);
      this.#lastErrorText = '';
      if (isSameMaterial(material, this.#current)) return false;
      this.#current = material;
      this.#changed(material);
      this.#log('info', 'TLS certificates reloaded', { certFile: this.#files.certFile });
      return true;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (text !== this.#lastErrorText)
        this.#log('error', `TLS certificates not reloaded, the old ones stay in use: ${text}`);
      this.#lastErrorText = text;
      return false;
    }
  }

  close(): void {
    clearInterval(this.#lookTimer);
    clearTimeout(this.#settleTimer);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** Folders, not files: renewals replace files or the link to their folder. */
  #watchFolders(): void {
    const { certFile, keyFile, clientCaFile } = this.#files;
    const paths = [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])];
    for (const folder of new Set(paths.map((path) => dirname(resolve(path))))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#fileChanged());
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch (error) {
        this.#log('warn', 'a certificate folder cannot be watched; it is read every minute', { folder, error });
      }
    }
  }

  #fileChanged(): void {
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => void this.reload(), settleMs).unref();
  }
}

async function readPem(what: string, path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new TlsFilesError(`the TLS ${what} file ${path} cannot be read (${code})`);
  }
  if (!bytes.includes('-----BEGIN ')) throw new TlsFilesError(`the TLS ${what} file ${path} is not a PEM file`);
  return bytes;
}

function checkCertificate(what: string, path: string, bytes: Buffer): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(bytes);
  } catch {
    throw new TlsFilesError(`the TLS ${what} file ${path} holds no certificate`);
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw new TlsFilesError(`the TLS ${what} in ${path} has expired (${certificate.validTo})`);
  }
}

function check(problem: string, options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new TlsFilesError(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isSameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  const isSameCa = a.ca === undefined || b.ca === undefined ? a.ca === b.ca : a.ca.equals(b.ca);
  return isSameCa && a.cert.equals(b.cert) && a.key.equals(b.key);
}
