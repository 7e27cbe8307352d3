/** Emits enums.ts: one const object, one type and one name table per enum. */

export function emitEnums({ enums }) {
  const head = `import type { EnumNames } from '../enum-names.js';\n`;
  return { 'enums.ts': head + enums.map(emitEnum).join('') };
}

function emitEnum({ name, fullName, prefix, values }) {
  const rows = values.map(([key, value]) => `${/^[A-Za-z_]/.test(key) ? key : `'${key}'`}: ${value}`);
  return `
/** ${fullName}. On the wire other numbers may occur: a decoded value can be one this type does not list. */
export const ${name} = { ${rows.join(', ')} } as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
export const ${name}Names: EnumNames = { prefix: '${prefix}', values: ${name} };
`;
}
