/**
 * Emits the message types: interface, reader, writer and codec of each. The code is compact on purpose: what the
 * engine parses at start-up is paid by every start, so a field costs one line to read and one call to write.
 */
import { emitRpcTables } from './emit-rpc-table.mjs';
import { DISCRIMINATED, capitalize } from './model.mjs';

/**
 * Messages on the path of running workflows get code of their own; all others get a table that `TableCodec` interprets.
 */
const HOT = new RegExp(
  '^(' +
    [
      'temporal.api.workflowservice.v1.(' +
        [
          'StartWorkflowExecution',
          'SignalWorkflowExecution',
          'SignalWithStartWorkflowExecution',
          'PollWorkflowTaskQueue',
          'RespondWorkflowTask(Completed|Failed)',
          'PollActivityTaskQueue',
          'RespondActivityTask(Completed|Failed|Canceled)',
          'RecordActivityTaskHeartbeat',
          'GetWorkflowExecutionHistory',
          'QueryWorkflow',
          'RespondQueryTaskCompleted',
          'UpdateWorkflowExecution',
          'PollWorkflowExecutionUpdate',
          'ExecuteMultiOperation',
        ].join('|') +
        ')(Request|Response)(.(Capabilities|Operation|Response))?',
      'temporal.api.common.v1.(Payloads?|WorkflowExecution|WorkflowType|ActivityType|RetryPolicy|Priority)',
      'temporal.api.common.v1.WorkerVersionStamp',
      'temporal.api.taskqueue.v1.(TaskQueue|TaskQueueMetadata|StickyExecutionAttributes|PollerScalingDecision)',
      'temporal.api.deployment.v1.(WorkerDeploymentOptions|WorkerDeploymentVersion)',
      'temporal.api.protocol.v1.Message',
      'temporal.api.query.v1.(WorkflowQuery|WorkflowQueryResult)',
      'temporal.api.update.v1.(Meta|Input|Request|Outcome|Acceptance|Response|WaitPolicy|UpdateRef)',
      'temporal.api.history.v1.(History|HistoryEvent)',
      'temporal.api.history.v1.(Workflow|Activity)Task(Scheduled|Started|Completed|Failed|TimedOut)EventAttributes',
      'temporal.api.history.v1.Timer(Started|Fired|Canceled)EventAttributes',
      'temporal.api.history.v1.WorkflowExecution(Started|Completed|Failed|Signaled)EventAttributes',
      'temporal.api.history.v1.WorkflowExecutionUpdate(Accepted|Completed)EventAttributes',
      'temporal.api.history.v1.MarkerRecordedEventAttributes',
      'temporal.api.command.v1.Command',
      'temporal.api.command.v1.(ScheduleActivityTask|StartTimer|CancelTimer)CommandAttributes',
      'temporal.api.command.v1.(CompleteWorkflowExecution|FailWorkflowExecution)CommandAttributes',
      'temporal.api.command.v1.(RecordMarker|ProtocolMessage)CommandAttributes',
    ].join('|') +
    ')$',
);
const WIRE_TYPE = {
  int32: 0,
  uint32: 0,
  int64: 0,
  bool: 0,
  enum: 0,
  double: 1,
  float: 5,
  string: 2,
  bytes: 2,
  message: 2,
  timestamp: 2,
  duration: 2,
  doubleValue: 2,
};
const TS_TYPE = {
  int32: 'number',
  uint32: 'number',
  int64: 'number',
  double: 'number',
  float: 'number',
  bool: 'boolean',
  string: 'string',
  bytes: 'Uint8Array',
  timestamp: 'number',
  duration: 'number',
  doubleValue: 'number',
};
const DEFAULT = {
  int32: '0',
  uint32: '0',
  int64: '0',
  double: '0',
  float: '0',
  enum: '0',
  bool: 'false',
  string: "''",
  bytes: 'NO_BYTES',
};
const LISTS = {
  message: 'messages',
  string: 'strings',
  bytes: 'bytesList',
  timestamp: 'timestamps',
  duration: 'durations',
  int32: 'int64s',
  uint32: 'int64s',
  enum: 'int64s',
  int64: 'int64s',
};

export const KIND_LETTER = {
  bool: 'b',
  double: 'd',
  enum: 'e',
  float: 'f',
  int32: 'i',
  int64: 'l',
  uint32: 'u',
  string: 's',
  bytes: 'y',
  message: 'm',
  timestamp: 't',
  duration: 'n',
  doubleValue: 'w',
};
const SHAPE_LETTER = { single: '', optional: '?', repeated: '*' };

export function emitMessages({ messages, enums, rpcs }) {
  const hot = new Set(messages.filter((message) => HOT.test(message.fullName)).map((message) => message.name));
  const context = { hot, enumByName: new Map(enums.map((row) => [row.name, row])) };
  const code = messages.map((message) => emitMessage(message, context)).join('');
  return {
    'messages.ts': `${emitImports(code, enums)}\n${code}${emitRpcTables(rpcs)}`,
    'all-types.ts': emitAllTypes(messages),
  };
}

/** Only tests import this list: everything else names the types it needs, so that bundlers can drop the rest. */
function emitAllTypes(messages) {
  const names = messages.map((message) => `  messages.${message.name},`);
  return `import * as messages from './messages.js';
import type { MessageType } from '../codec.js';
/** Every message type. */
export const allTypes: readonly MessageType<unknown>[] = [\n${names.join('\n')}\n];
`;
}

function emitImports(code, enums) {
  const words = new Set(code.match(/\b[A-Za-z_]\w*\b/g));
  const used = (names) => names.filter((name) => words.has(name)).join(', ');
  const reader = ['NO_BYTES', 'readText', 'readInt32', 'readBytes', 'readFloat', 'emptyText', 'emptyBytes', 'zero'];
  const writer = ['writeTextKey', 'writeInt32Key', 'writeTextValue', 'writeBytesValue', 'writeFloatValue'];
  return [
    `import { Codec } from '../codec.js';`,
    `import type { Init } from '../codec.js';`,
    `import { ${used(reader)} } from '../reader.js';`,
    `import type { Reader } from '../reader.js';`,
    `import { ${used(writer)} } from '../writer.js';`,
    `import type { Writer } from '../writer.js';`,
    `import { shapes } from './shapes.js';`,
    `import { TableCodec } from '../table-codec.js';`,
    `import { rpcOf } from '../rpc-row.js';`,
    `import type { Rpc } from '../rpc-row.js';`,
    `import { readAttributes, writeAttributes } from '../attributes.js';`,
    `import type { AttributesCodec } from '../attributes.js';`,
    `import type { ${used(enums.map((row) => row.name))} } from './enums.js';`,
  ].join('\n');
}

function emitMessage(message, context) {
  const discriminated = DISCRIMINATED[message.fullName];
  if (discriminated) return emitDiscriminated(message, discriminated, context);
  return context.hot.has(message.name) ? emitPlain(message, context) : emitTable(message);
}

const emitInterface = ({ name, fullName, fields }) => `
/** ${fullName} */
export interface ${name} {${fields.map((field) => `\n  ${fieldType(field)};`).join('')}${fields.length ? '\n' : ''}}
`;

function emitTable(message) {
  const { name, fullName, fields } = message;
  const types = fields.filter((field) => field.kind === 'message').map((field) => field.type);
  const thunk = types.length > 0 ? `, () => [${types.join(', ')}]` : '';
  const table = fields.map(
    (field) =>
      `${field.id} ${KIND_LETTER[field.kind]}${shapeLetter(field)} ${field.name}${field.checked ? ` ${field.checked}` : ''}`,
  );
  const create = `/* @__PURE__ */ new TableCodec<${name}>('${fullName}', '${table.join(',')}'${thunk})`;
  return `${emitInterface(message)}export const ${name}: TableCodec<${name}> = ${create};\n`;
}

const shapeLetter = ({ shape, keyKind }) =>
  shape === 'map' ? (keyKind === 'string' ? 'S' : 'I') : SHAPE_LETTER[shape];

function emitPlain(message, context) {
  const { name, fullName, fields } = message;
  const unused = fields.length === 0;
  return `${emitInterface(message)}function read${name}(r: Reader): ${name} {
  const m: ${name} = { ${initial(fields)} };
${readLoop(fields.map((field) => readCase(field, context)))}
  return m;
}
${
  unused
    ? `function write${name}(_w: Writer, _m: Init<${name}>): void {}`
    : `function write${name}(w: Writer, m: Init<${name}>): void {\n${fields.map((field) => writeLine(field, context)).join('\n')}\n}`
}
${codec(name, fullName)}`;
}

const codec = (name, fullName) =>
  `export const ${name}: Codec<${name}> = /* @__PURE__ */ new Codec<${name}>('${fullName}', write${name}, read${name});\n`;

const readLoop = (cases) => `  while (r.offset < r.end)
    switch (r.tag()) {
${cases.map((line) => `      ${line}`).join('\n')}
      default: r.skip();
    }`;

// --- one field

const readerOf = (name, { hot }) => (hot.has(name) ? `read${name}` : `${name}.read`);
const writerOf = (name, { hot }) => (hot.has(name) ? `write${name}` : `${name}.write`);
const valueType = (field) => field.type ?? TS_TYPE[field.kind];
const tagOf = (field, wireType = WIRE_TYPE[field.kind]) => field.id * 8 + wireType;
const note = (field) => (field.encoded ? `/** Encoded ${field.encoded}. */ ` : unitNote(field));
const unitNote = ({ kind }) =>
  kind === 'timestamp' ? '/** Milliseconds since the epoch. */ ' : kind === 'duration' ? '/** Milliseconds. */ ' : '';

function fieldType(field) {
  const type = valueType(field);
  switch (field.shape) {
    case 'map':
      return `${note(field)}${field.name}: Map<${field.keyKind === 'string' ? 'string' : 'number'}, ${type}>`;
    case 'repeated':
      return `${note(field)}${field.name}: ${type}[]`;
    case 'optional':
      return `${note(field)}${field.name}?: ${type} | undefined`;
    case 'single':
      return `${note(field)}${field.name}: ${type}`;
  }
}

function initial(fields) {
  return fields
    .filter((field) => field.shape !== 'optional')
    .map((field) => {
      const value = field.shape === 'map' ? 'new Map()' : field.shape === 'repeated' ? '[]' : DEFAULT[field.kind];
      return `${field.name}: ${value}`;
    })
    .join(', ');
}

function readValue(field, context) {
  switch (field.kind) {
    case 'message':
      return `r.message(${readerOf(field.type, context)})`;
    case 'enum':
      return `r.int32() as ${field.type}`;
    case 'bytes':
      return field.checked ? `r.encoded(shapes.${field.checked})` : 'r.bytes()';
    default:
      return `r.${field.kind}()`;
  }
}

function readCase(field, context) {
  const { name, shape, kind } = field;
  if (shape === 'map') return `case ${tagOf(field, 2)}: ${readEntry(field, context)}; break;`;
  if (shape !== 'repeated') return `case ${tagOf(field)}: m.${name} = ${readValue(field, context)}; break;`;
  if (WIRE_TYPE[kind] === 2) return `case ${tagOf(field)}: m.${name}.push(${readValue(field, context)}); break;`;
  const method = kind === 'int64' || kind === 'uint32' ? 'int64s' : 'int32s';
  return `case ${tagOf(field, 2)}: case ${tagOf(field)}: r.${method}(m.${name}); break;`;
}

function readEntry(field, context) {
  const method = field.keyKind === 'string' ? 'stringEntry' : 'int32Entry';
  const reads = {
    string: 'readText, 18, emptyText',
    bytes: field.checked ? `(e) => e.encoded(shapes.${field.checked}), 18, emptyBytes` : 'readBytes, 18, emptyBytes',
    float: 'readFloat, 21, zero',
    enum: `(e) => e.int32() as ${field.type}, 16, () => 0`,
    message: `(e) => e.message(${readerOf(field.type, context)}), 18, (e) => e.emptyMessage(${readerOf(field.type, context)})`,
  };
  return `r.${method}(m.${field.name}, ${reads[field.kind]})`;
}

function writeLine(field, context) {
  const value = `m.${field.name}`;
  if (field.shape === 'map') return `  w.map(${tagOf(field, 2)}, ${value}, ${writeEntry(field, context)});`;
  if (field.shape === 'repeated') {
    const write = field.kind === 'message' ? `${writerOf(field.type, context)}, ` : '';
    return `  w.${LISTS[field.kind]}(${tagOf(field, 2)}, ${write}${value});`;
  }
  if (field.kind === 'message') return `  w.message(${tagOf(field)}, ${writerOf(field.type, context)}, ${value});`;
  const method = field.kind === 'enum' ? 'int32' : field.kind;
  const always = ['timestamp', 'duration', 'doubleValue'].includes(field.kind);
  return `  w.${method}${field.shape === 'optional' && !always ? 'Opt' : ''}(${tagOf(field)}, ${value});`;
}

function writeEntry(field, context) {
  const key = field.keyKind === 'string' ? 'writeTextKey' : 'writeInt32Key';
  const values = {
    string: 'writeTextValue',
    bytes: 'writeBytesValue',
    float: 'writeFloatValue',
    enum: '(e, v) => e.int32Opt(16, v)',
    message: `(e, v) => e.message(18, ${writerOf(field.type, context)}, v)`,
  };
  return `${key}, ${values[field.kind]}`;
}

// --- HistoryEvent and Command

function emitDiscriminated(message, { by, suffix }, context) {
  const { name, fullName } = message;
  const plain = message.fields.filter((field) => field.oneof !== 'attributes');
  const attributes = message.fields.filter((field) => field.oneof === 'attributes');
  const enumName = plain.find((field) => field.name === by).type;
  const rows = attributeRows(context.enumByName.get(enumName), attributes, suffix);
  const known = rows.filter(({ value, field }) => field || value === 0);
  const members = known.map(({ value, field }) => `\n  ${value}: ${field ? field.type : 'undefined'};`);
  const others = plain.filter((field) => field.name !== by);
  return `
/** The attributes of a ${name} by its \`${by}\`. */
export interface ${name}Attributes {${members.join('')}\n}
/** ${fullName} of one \`${by}\`. */
export interface ${name}Of<K extends ${enumName}> {
  ${by}: K;${others.map((field) => `\n  ${fieldType(field)};`).join('')}
  attributes: ${name}Attributes[K];
  /** Set by the decoder when the wire had no attributes that fit \`${by}\`: \`attributes\` are the empty ones. */
  attributesMissing?: true | undefined;
}
/**
 * ${fullName}, told apart by \`${by}\`.
 * A type this contract does not know keeps its number at run time and has \`attributes: undefined\`.
 */
export type ${name} = { [K in ${enumName}]: ${name}Of<K> }[${enumName}];
let ${by}Codecs: readonly (AttributesCodec | undefined)[] | undefined;
const codecOf${capitalize(by)} = (type: number): AttributesCodec | undefined => (${by}Codecs ??= [
${rows.map(({ field }) => (field ? `  { tag: ${tagOf(field)}, write: ${writerOf(field.type, context)}, read: ${readerOf(field.type, context)} },` : '  undefined,')).join('\n')}
])[type];
function read${name}(r: Reader): ${name} {
  const m = { ${initial(plain)}, attributes: undefined } as unknown as ${name} & { attributes: unknown };
  let tag = 0;
  let at = 0;
${readLoop([
  ...plain.map((field) => readCase(field, context)),
  attributes.map((field) => `case ${tagOf(field)}:`).join(' ') + ' tag = r.lastTag; at = r.offset; r.skip(); break;',
])}
  readAttributes(r, m, codecOf${capitalize(by)}(m.${by}), tag, at);
  return m;
}
function write${name}(w: Writer, m: Init<${name}>): void {
${plain.map((field) => writeLine(field, context)).join('\n')}
  writeAttributes(w, codecOf${capitalize(by)}(m.${by} ?? 0), m.attributes);
}
${codec(name, fullName)}`;
}

/** One row per enum number from 0 on; numbers without attributes have no field. */
function attributeRows({ prefix, values }, attributes, suffix) {
  const rows = [];
  const byName = new Map(attributes.map((field) => [field.name, field]));
  for (const [key, value] of values) {
    const camel = key.toLowerCase().replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    const field = byName.get(camel + suffix);
    if (!field && value !== 0) throw new Error(`no attributes for ${prefix}${key} (${capitalize(camel)}${suffix})`);
    byName.delete(camel + suffix);
    rows[value] = { value, field };
  }
  if (byName.size > 0) throw new Error(`attributes without an enum value: ${[...byName.keys()].join(', ')}`);
  return Array.from(rows, (row, value) => row ?? { value, field: undefined });
}
