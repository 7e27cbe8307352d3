/** Converters that are given as paths of modules, as workers need them too. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { defaultDataConverter } from '../conversion/data-converter.js';
import type { DataConverter, LoadedDataConverter } from '../conversion/data-converter.js';
import { messageOf } from '../conversion/error-class.js';
import { ValueError } from '../conversion/errors.js';
import type { FailureConverter } from '../conversion/failure-converter.js';
import type { PayloadConverter } from '../conversion/payload-converter.js';

const load = createRequire(import.meta.url);

/** Throws ValueError when a module cannot be loaded or does not export what it should. */
export function loadDataConverter(options: DataConverter | undefined): LoadedDataConverter {
  if (options === undefined) return defaultDataConverter;
  return {
    payloadConverter: payloadConverterOf(options) ?? defaultDataConverter.payloadConverter,
    failureConverter: failureConverterOf(options) ?? defaultDataConverter.failureConverter,
    payloadCodecs: options.payloadCodecs ?? [],
  };
}

function payloadConverterOf(options: DataConverter): PayloadConverter | undefined {
  const { payloadConverter, payloadConverterPath: path } = options;
  if (path === undefined) return payloadConverter;
  return exported<PayloadConverter>(path, 'payloadConverter', ['toPayload', 'fromPayload']);
}

function failureConverterOf(options: DataConverter): FailureConverter | undefined {
  const { failureConverter, failureConverterPath: path } = options;
  if (path === undefined) return failureConverter;
  return exported<FailureConverter>(path, 'failureConverter', ['errorToFailure', 'failureToError']);
}

function exported<T>(path: string, name: string, methods: readonly string[]): T {
  const found = (moduleAt(path, name) as Record<string, unknown>)[name];
  const isWhole =
    typeof found === 'object' &&
    found !== null &&
    methods.every((method) => typeof (found as Record<string, unknown>)[method] === 'function');
  if (isWhole) return found as T;
  throw new ValueError(`${path} must export \`${name}\`, an object with ${methods.map((m) => `${m}()`).join(' and ')}`);
}

function moduleAt(path: string, name: string): object {
  try {
    return load(resolve(path)) as object;
  } catch (error) {
    throw new ValueError(`The ${name} at ${path} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}
