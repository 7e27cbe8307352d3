// The custom search attributes that scenarios use.
const attributes = { ConformanceKeyword: 'INDEXED_VALUE_TYPE_KEYWORD', ConformanceInt: 'INDEXED_VALUE_TYPE_INT' };

/** Registers them on `default` where they are missing. */
export async function ensureSearchAttributes(server) {
  const { customAttributes = {} } = await server.call('ListSearchAttributes', { namespace: 'default' });
  const missing = Object.fromEntries(Object.entries(attributes).filter(([name]) => !(name in customAttributes)));
  if (Object.keys(missing).length === 0) return;
  await server.call('AddSearchAttributes', { namespace: 'default', searchAttributes: missing }, { deadlineMs: 30_000 });
}
