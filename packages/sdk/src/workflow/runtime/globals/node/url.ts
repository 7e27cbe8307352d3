/** `node:url` for workflow code: the classes. */
interface Classes {
  readonly URL: new (input: unknown, base?: unknown) => { href: string; pathname: string; protocol: string };
  readonly URLSearchParams: unknown;
}
export const { URL, URLSearchParams } = globalThis as unknown as Classes;

/** A text alone: nothing looks at files. */
export function pathToFileURL(path: string): InstanceType<typeof URL> {
  const url = new URL('file:///');
  url.pathname = path;
  return url;
}

export function fileURLToPath(url: unknown): string {
  const parsed = new URL(String(url));
  if (parsed.protocol !== 'file:') throw new TypeError('The URL must be of scheme file');
  return decodeURIComponent(parsed.pathname);
}

export default { URL, URLSearchParams, pathToFileURL, fileURLToPath };
