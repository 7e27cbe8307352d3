/** Values as text for people: `console`, `node:util`, and the messages of assertions. One line; deep and long ones are cut. */
import { propertyOf, toText } from './methods.js';

const DEPTH_MAX = 4;
const ITEMS_MAX = 100;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

export function inspect(value: unknown, depthMax = DEPTH_MAX): string {
  return show(value, [], depthMax);
}

/** `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`, `%c` and `%%` in the first text; the rest joined by blanks. */
export function format(...args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string') return args.map(plain).join(' ');
  const text = first.replace(/%([sdifjoOc%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    return rest.length === 0 ? whole : (FORMATS[kind]?.(rest.shift()) ?? '');
  });
  return [text, ...rest.map(plain)].join(' ');
}

const FORMATS: Readonly<Record<string, (value: unknown) => string>> = {
  s: (value) => (typeof value === 'object' && value !== null ? inspect(value, 0) : plain(value)),
  d: (value) => (typeof value === 'bigint' ? `${value}n` : String(Number(value))),
  i: (value) => (typeof value === 'bigint' ? `${value}n` : String(Number.parseInt(String(value), 10))),
  f: (value) => String(Number.parseFloat(String(value))),
  j: (value) => JSON.stringify(value) ?? 'undefined',
  o: (value) => inspect(value),
  O: (value) => inspect(value),
  c: () => '',
};

function plain(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

function show(value: unknown, path: readonly object[], depth: number): string {
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return functionText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (path.includes(value)) return '[Circular]';
  return showObject(value, [...path, value], depth);
}

function functionText(value: object): string {
  const name = toText(propertyOf(value, 'name') ?? '');
  const kind = Function.prototype.toString.call(value).startsWith('class') ? 'class' : 'Function';
  return name === '' ? `[${kind} (anonymous)]` : `[${kind}${kind === 'class' ? ' ' : ': '}${name}]`;
}

function showObject(value: object, path: readonly object[], depth: number): string {
  if (value instanceof Error) return value.stack ?? String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const name = nameOf(value);
  const next = (inner: unknown): string => show(inner, path, depth - 1);
  if (depth < 0) return Array.isArray(value) ? '[Array]' : `[${name}]`;
  if (Array.isArray(value)) return list(name === 'Array' ? '' : name, '[', value.map(next), ']');
  if (ArrayBuffer.isView(value)) return list(name, '[', Array.from(value as unknown as ArrayLike<unknown>, next), ']');
  if (value instanceof Map) {
    return list(
      name,
      '{',
      [...value].map(([key, item]) => `${next(key)} => ${next(item)}`),
      '}',
    );
  }
  if (value instanceof Set) return list(name, '{', [...value].map(next), '}');
  const fields = Object.keys(value).map((key) => {
    return `${IDENTIFIER.test(key) ? key : show(key, [], 0)}: ${next(propertyOf(value, key))}`;
  });
  return list(name === 'Object' ? '' : name, '{', fields, '}');
}

function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return '[Object: null prototype]';
  const constructor = propertyOf(prototype as object, 'constructor');
  return typeof constructor === 'function' ? constructor.name : 'Object';
}

function list(name: string, open: string, items: readonly string[], close: string): string {
  const prefix = name === '' ? '' : `${name} `;
  if (items.length === 0) return `${prefix}${open}${close}`;
  const shown = items.slice(0, ITEMS_MAX);
  if (items.length > ITEMS_MAX) shown.push(`... ${items.length - ITEMS_MAX} more items`);
  return `${prefix}${open} ${shown.join(', ')} ${close}`;
}
