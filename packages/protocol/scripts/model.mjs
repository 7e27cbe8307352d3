/**
 * From protobufjs reflection to what the emitters need: which messages and enums are reachable, what they are called
 * in TypeScript, and how each field is represented.
 */

const SERVICES = [
  'temporal.api.workflowservice.v1.WorkflowService',
  'temporal.api.operatorservice.v1.OperatorService',
  'temporal.api.testservice.v1.TestService',
  'grpc.health.v1.Health',
];
const PACKAGES = ['errordetails', 'failure', 'update', 'protocol', 'common', 'sdk', 'query', 'history'];
const ROOTS = ['google.rpc.Status'];

/** Types that are never parsed by a containing message: their fields hold encoded bytes. */
const OPAQUE = new Set([
  'temporal.api.common.v1.Payload',
  'temporal.api.common.v1.Payloads',
  'temporal.api.common.v1.Header',
  'temporal.api.common.v1.Memo',
  'temporal.api.common.v1.SearchAttributes',
  'temporal.api.common.v1.Link',
  'temporal.api.common.v1.Callback',
  'temporal.api.common.v1.MeteringMetadata',
  'temporal.api.common.v1.Principal',
  'temporal.api.failure.v1.Failure',
  'temporal.api.sdk.v1.UserMetadata',
  'temporal.api.sdk.v1.WorkflowTaskCompletedMetadata',
  'temporal.api.sdk.v1.EventGroupMarker',
  'google.protobuf.Struct',
  'google.protobuf.Value',
]);

/** Fields that serve stored history, whose bytes go out as they are. */
const OPAQUE_FIELDS = new Set([
  'temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse.history',
  'temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryReverseResponse.history',
  'temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse.history',
]);

/** Well-known types that become primitives, so they get no codec. */
const PRIMITIVE = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.DoubleValue': 'doubleValue',
};

/** Messages whose oneof `attributes` is read according to an enum field beside it. */
export const DISCRIMINATED = {
  'temporal.api.history.v1.HistoryEvent': { by: 'eventType', suffix: 'EventAttributes' },
  'temporal.api.command.v1.Command': { by: 'commandType', suffix: 'CommandAttributes' },
};

const LONG_POLLS = /^(Poll|GetWorkflowExecutionHistory$|DescribeActivityExecution$|DescribeNexusOperationExecution$)/;

/** Everything the emitters need, in a stable order. */
export function collect(root, protobuf) {
  root.resolveAll();
  const { types, services } = reach(root, protobuf);
  const { nameOf, renamed } = nameAll(types);
  const context = { protobuf, nameOf };
  const sorted = [...types].sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
  const enums = sorted.filter((type) => type instanceof protobuf.Enum).map((type) => describeEnum(type, nameOf));
  const messages = sorted
    .filter((type) => type instanceof protobuf.Type && !(fullName(type) in PRIMITIVE))
    .map((type) => describeMessage(type, context));
  return { enums, messages, renamed, rpcs: services.flatMap((service) => describeRpcs(service, nameOf)) };
}

const fullName = (type) => type.fullName.slice(1);

function reach(root, protobuf) {
  const types = new Set();
  const queue = [];
  const add = (type) => {
    if (!type || types.has(type)) return;
    types.add(type);
    queue.push(type);
  };
  const services = SERVICES.map((name) => root.lookupService(name));
  for (const service of services) {
    for (const method of service.methodsArray) {
      method.resolve();
      add(method.resolvedRequestType);
      add(method.resolvedResponseType);
    }
  }
  for (const name of PACKAGES) addNested(root.lookup(`temporal.api.${name}.v1`), protobuf, add);
  for (const name of ROOTS) add(root.lookupType(name));
  while (queue.length > 0) {
    const type = queue.pop();
    if (type instanceof protobuf.Type) for (const field of type.fieldsArray) add(field.resolve().resolvedType);
  }
  return { types, services };
}

function addNested(namespace, protobuf, add) {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type || nested instanceof protobuf.Enum) add(nested);
    if (nested.nestedArray) addNested(nested, protobuf, add);
  }
}

// --- names

/** Outer names are the last segment, with the package's segment in front where two packages use the same one. */
function nameAll(types) {
  const outer = [...types].map(outermost);
  const packagesByName = new Map();
  for (const type of new Set(outer)) packagesByName.set(type.name, (packagesByName.get(type.name) ?? 0) + 1);
  const outerName = (type) => {
    if (packagesByName.get(type.name) === 1) return type.name;
    const segments = type.fullName.split('.').filter((part) => !/^v\d+$/.test(part));
    const segment = segments.at(-2);
    // `Failure` of package failure, and what package common says, keep the short name: they are meant by default.
    if (segment === 'common' || type.name.toLowerCase().startsWith(segment)) return type.name;
    return capitalize(segment) + type.name;
  };
  const names = new Map();
  const taken = new Map();
  for (const type of types) {
    const name = isType(type.parent) ? nestedPath(type, outerName) : outerName(type);
    if (taken.has(name)) throw new Error(`${type.fullName} and ${taken.get(name)} would both be called ${name}`);
    taken.set(name, type.fullName);
    names.set(type.fullName, name);
  }
  const renamed = [...types].filter((type) => names.get(type.fullName) !== type.name);
  return {
    nameOf: (type) => names.get(type.fullName),
    renamed: renamed.map((type) => [fullName(type), names.get(type.fullName)]).sort(),
  };
}

const isType = (parent) => parent !== null && parent.fieldsArray !== undefined;
const outermost = (type) => (isType(type.parent) ? outermost(type.parent) : type);
const nestedPath = (type, outerName) =>
  isType(type.parent) ? nestedPath(type.parent, outerName) + type.name : outerName(type);

export const capitalize = (text) => text[0].toUpperCase() + text.slice(1);

// --- descriptions

function describeEnum(type, nameOf) {
  const names = Object.keys(type.values);
  const prefix = enumPrefix(type.name, names);
  const values = names.map((name) => [name.slice(prefix.length), type.values[name]]);
  return { name: nameOf(type), fullName: fullName(type), prefix, values };
}

function enumPrefix(enumName, names) {
  const expected = `${enumName.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`;
  if (names.every((name) => name.startsWith(expected))) return expected;
  let prefix = names[0];
  while (!names.every((name) => name.startsWith(prefix))) prefix = prefix.slice(0, -1);
  return prefix.slice(0, prefix.lastIndexOf('_') + 1);
}

function describeMessage(type, context) {
  return {
    name: context.nameOf(type),
    fullName: fullName(type),
    fields: type.fieldsArray.map((field) => describeField(field, type, context)).sort((a, b) => a.id - b.id),
  };
}

/**
 * `kind` is one of int32 uint32 int64 bool float double string bytes enum message timestamp duration doubleValue;
 * `shape` one of single, optional (presence tracked), repeated, map.
 */
function describeField(field, type, context) {
  const path = `${fullName(type)}.${field.name}`;
  const name = field.name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const described = { name, id: field.id, oneof: field.partOf?.name, ...kindOf(field, path, context) };
  if (field.map) return { ...described, shape: 'map', keyKind: field.keyType };
  if (field.repeated) return { ...described, shape: 'repeated' };
  const tracked = Boolean(field.partOf) || field.resolvedType instanceof context.protobuf.Type;
  return { ...described, shape: tracked ? 'optional' : 'single' };
}

function kindOf(field, path, { protobuf, nameOf }) {
  const target = field.resolvedType;
  if (target === null || target === undefined) return { kind: field.type };
  if (target instanceof protobuf.Enum) return { kind: 'enum', type: nameOf(target) };
  const name = fullName(target);
  if (name in PRIMITIVE) return { kind: PRIMITIVE[name] };
  if (OPAQUE_FIELDS.has(path)) return { kind: 'bytes', encoded: nameOf(target) };
  // These come from outside as well, and are checked there.
  if (OPAQUE.has(name)) return { kind: 'bytes', encoded: nameOf(target), checked: nameOf(target) };
  return { kind: 'message', type: nameOf(target) };
}

function describeRpcs(service, nameOf) {
  return service.methodsArray.map((method) => ({
    service: fullName(service),
    method: method.name,
    request: nameOf(method.resolvedRequestType),
    response: nameOf(method.resolvedResponseType),
    isLongPoll: fullName(service).startsWith('temporal.') && LONG_POLLS.test(method.name),
    isServerStream: Boolean(method.responseStream),
  }));
}
