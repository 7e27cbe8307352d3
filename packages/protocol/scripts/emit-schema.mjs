import { KIND_LETTER } from './emit-messages.mjs';

/** Every message as a line of text, for what has to know names at run time: JSON (src/json). */
export function emitSchema({ messages, enums }) {
  const rows = messages.map(({ name, fullName, fields }) => `  ${name}: '${fullName};${fields.map(entry).join(',')}',`);
  const names = enums.map(({ name }) => `${name}Names`);
  return {
    'schema.ts': `import { ${names.join(', ')} } from './enums.js';
import type { EnumNames } from '../enum-names.js';
/** Name → \`full name;fields\`, each field \`id kind+shape name\` and, of enums and messages, its type: see src/json/schema.ts. */
export const messageRows: Readonly<Record<string, string>> = {\n${rows.join('\n')}\n};
export const enumNames: Readonly<Record<string, EnumNames>> = {
${enums.map(({ name }) => `  ${name}: ${name}Names,`).join('\n')}
};
`,
  };
}

function entry({ id, kind, shape, keyKind, name, type, encoded }) {
  const known = encoded === undefined ? KIND_LETTER[kind] : 'm';
  if (known === undefined) throw new Error(`no JSON form is known for ${name} of kind ${kind}`);
  const form = shape === 'map' ? (keyKind === 'string' ? 'S' : 'I') : shape === 'repeated' ? '*' : '';
  const of = type ?? encoded;
  return `${id} ${known}${form} ${name}${of === undefined ? '' : ` ${of}`}`;
}
