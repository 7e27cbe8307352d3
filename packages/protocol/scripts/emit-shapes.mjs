/** The types that containing messages do not parse, as tables for checking their bytes (src/shape.ts). */
export function emitShapes({ messages }) {
  const byName = new Map(messages.map((message) => [message.name, message]));
  const names = new Set(messages.flatMap(({ fields }) => fields.flatMap(({ checked }) => checked ?? [])));
  for (const name of names) for (const field of byName.get(name).fields) if (inner(field)) names.add(inner(field));
  const rows = [...names].sort().map((name) => `  ${name}: '${byName.get(name).fields.flatMap(entry).join(',')}',`);
  return {
    'shapes.ts': `import { shapesOf } from '../shape.js';
/** For every message type whose bytes are kept as they came: see shapesOf. */
export const shapes = shapesOf({\n${rows.join('\n')}\n});
`,
  };
}

const inner = ({ checked, kind, type }) => checked ?? (kind === 'message' ? type : undefined);

/** Only what can be malformed inside: texts, messages, and maps, whose entries are messages. */
function entry(field) {
  const { id, shape, kind, keyKind } = field;
  const value =
    inner(field) ??
    (kind === 'string' ? '$' : ['timestamp', 'duration', 'doubleValue'].includes(kind) ? '' : undefined);
  if (shape === 'map') return [`${id} ${keyKind === 'string' ? '$' : ''}:${value ?? ''}`];
  return value === undefined ? [] : [`${id} ${value}`];
}
