/** Enum values the way Temporal's SDKs and queries write them: `TimedOut`, `WorkflowTaskStarted`. */
import { enumShortName } from '@perdure/protocol';
import type { EnumNames } from '@perdure/protocol';

export function enumText(names: EnumNames, value: number): string {
  return enumShortName(names, value)
    .toLowerCase()
    .replaceAll(/(^|_)([a-z0-9])/g, (_match, _gap, letter: string) => letter.toUpperCase());
}
