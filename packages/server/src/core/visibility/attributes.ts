/** Which search attributes exist, their types, and how a name in a query finds one. */

/** IndexedValueType of the API. */
export const ATTRIBUTE_TYPE = {
  text: 1,
  keyword: 2,
  int: 3,
  double: 4,
  bool: 5,
  datetime: 6,
  keywordList: 7,
} as const;

export type AttributeType = (typeof ATTRIBUTE_TYPE)[keyof typeof ATTRIBUTE_TYPE];

/** The API's names of the types, as error messages print them. */
export const ATTRIBUTE_TYPE_NAMES: Readonly<Record<AttributeType, string>> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};

const { keyword, int, bool, datetime, keywordList } = ATTRIBUTE_TYPE;

/** Fields of the row itself. */
export const SYSTEM_ATTRIBUTES = {
  WorkflowId: keyword,
  RunId: keyword,
  WorkflowType: keyword,
  StartTime: datetime,
  ExecutionTime: datetime,
  CloseTime: datetime,
  ExecutionStatus: keyword,
  TaskQueue: keyword,
  HistoryLength: int,
  ExecutionDuration: int,
  StateTransitionCount: int,
  HistorySizeBytes: int,
  ParentWorkflowId: keyword,
  ParentRunId: keyword,
  RootWorkflowId: keyword,
  RootRunId: keyword,
} as const satisfies Record<string, AttributeType>;

export type SystemAttributeName = keyof typeof SYSTEM_ATTRIBUTES;

/** Written by the server, stored beside the custom ones. */
export const PREDEFINED_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  TemporalChangeVersion: keywordList,
  BinaryChecksums: keywordList,
  BuildIds: keywordList,
  BatcherNamespace: keyword,
  BatcherUser: keyword,
  TemporalScheduledStartTime: datetime,
  TemporalScheduledById: keyword,
  TemporalSchedulePaused: bool,
  TemporalNamespaceDivision: keyword,
  TemporalPauseInfo: keywordList,
  TemporalReportedProblems: keywordList,
  TemporalWorkerDeploymentVersion: keyword,
  TemporalWorkflowVersioningBehavior: keyword,
  TemporalWorkerDeployment: keyword,
  TemporalUsedWorkerDeploymentVersions: keywordList,
  TemporalExternalPayloadCount: int,
  TemporalExternalPayloadSizeBytes: int,
};

/** The attribute that hides schedules, batch jobs and deployments from lists that do not name it. */
export const NAMESPACE_DIVISION = 'TemporalNamespaceDivision';
export const RESERVED_PREFIX = 'Temporal';

/** An attribute that a query named: a field of the row, or an entry of its attributes. */
export type Attribute =
  | { readonly source: 'system'; readonly name: SystemAttributeName; readonly type: AttributeType }
  | { readonly source: 'stored'; readonly name: string; readonly type: AttributeType };

/** The attributes that queries of one namespace may name. */
export interface Schema {
  readonly custom: ReadonlyMap<string, AttributeType>;
  /** Other names of system and predefined attributes, such as ActivityId for WorkflowId. Custom names win. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * Makes the schema of a namespace. Custom names that the server owns (`isReservedAttributeName`) or that cannot be
 * quoted in every database (`isAttributeNameAllowed`) are left out, so a query that uses one is refused as unknown.
 */
export function makeSchema(
  custom: Iterable<readonly [string, AttributeType]> = [],
  aliases: Iterable<readonly [string, string]> = [],
): Schema {
  const allowed = [...custom].filter(([name]) => isAttributeNameAllowed(name) && !isOwnedByServer(name));
  return { custom: new Map(allowed), aliases: new Map([['ScheduleId', 'WorkflowId'], ...aliases]) };
}

/** Whether a custom attribute may be called so: 1 to 255 printable characters without quotes and backslashes. */
export function isAttributeNameAllowed(name: string): boolean {
  return /^[^\p{Cc}\p{Cs}"'`\\]{1,255}$/u.test(name);
}

/** Names that users cannot register: the server's own, internal fields, and everything with the Temporal prefix. */
export function isReservedAttributeName(name: string): boolean {
  return isOwnedByServer(name) || INTERNAL_FIELDS.has(name) || name.startsWith(RESERVED_PREFIX);
}

/**
 * Finds what a name in a query means: the server's attribute of that name, then a custom one, an alias, and last the
 * name with `Temporal` put before it or taken away. Names are case-sensitive.
 */
export function findAttribute(schema: Schema, name: string): Attribute | undefined {
  const own = serverAttribute(name);
  if (own !== undefined) return own;
  const customType = schema.custom.get(name);
  if (customType !== undefined) return { source: 'stored', name, type: customType };
  const alias = schema.aliases.get(name);
  if (alias !== undefined) return serverAttribute(alias);
  if (name.startsWith(RESERVED_PREFIX)) return serverAttribute(name.slice(RESERVED_PREFIX.length));
  return serverAttribute(RESERVED_PREFIX + name);
}

/** The attribute most alike to a mistyped name: same letters in another case, or at most two edits away. */
export function suggestAttribute(schema: Schema, name: string): string | undefined {
  const known = [...Object.keys(SYSTEM_ATTRIBUTES), ...Object.keys(PREDEFINED_ATTRIBUTES), ...schema.custom.keys()];
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.ceil(name.length / 2));
  for (const candidate of known) {
    // Also keeps the work small for a name of a megabyte.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A system attribute as a value. */
export function systemAttribute(name: SystemAttributeName): Attribute {
  return { source: 'system', name, type: SYSTEM_ATTRIBUTES[name] };
}

const INTERNAL_FIELDS: ReadonlySet<string> = new Set(['NamespaceId', 'MemoEncoding', 'Memo', 'VisibilityTaskKey']);

function isOwnedByServer(name: string): boolean {
  return serverAttribute(name) !== undefined;
}

function serverAttribute(name: string): Attribute | undefined {
  if (isSystemName(name)) return systemAttribute(name);
  if (!Object.hasOwn(PREDEFINED_ATTRIBUTES, name)) return undefined;
  const type = PREDEFINED_ATTRIBUTES[name];
  return type === undefined ? undefined : { source: 'stored', name, type };
}

function isSystemName(name: string): name is SystemAttributeName {
  return Object.hasOwn(SYSTEM_ATTRIBUTES, name);
}

/** Levenshtein distance; names are short, so two rows are enough and nothing is cut off. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
