/** Descriptors for server reflection, loaded at the first question: it costs a few hundred milliseconds, and few ask. */
import type { DescriptorSource } from '../transport/reflection.js';

export function answerReflectionSource(): DescriptorSource {
  let loading: Promise<ReturnType<(typeof import('@perdure/protocol/reflection'))['loadReflection']>> | undefined;
  return async (query) => {
    loading ??= import('@perdure/protocol/reflection').then(({ loadReflection }) => loadReflection());
    const index = await loading;
    switch (query.kind) {
      case 'file':
        return index.filesByName(query.name)?.[0];
      case 'symbol':
        return index.filesBySymbol(query.name)?.[0];
      case 'extension':
        return undefined;
    }
  };
}
