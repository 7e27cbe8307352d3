/** The commands: one row each, with flags, help and example. Parser, help texts and errors are made of this table. */
import { command } from './command.js';
import type { Command } from './command.js';
import { choice, count, duration, pairs, port, portOr, requiredText, text, textOr, texts, toggle } from './flag.js';
import type { ValuesOf } from './flag.js';

/** Where a command finds the Service; may also stand before the command. */
export const connectionFlags = {
  address: textOr('127.0.0.1:7233', 'Where the Service answers', { placeholder: 'HOST:PORT', env: 'TEMPORAL_ADDRESS' }),
  namespace: textOr('default', 'Namespace', { short: 'n', placeholder: 'NAME', env: 'TEMPORAL_NAMESPACE' }),
  tls: toggle('Speak TLS, trusting the authorities of the system'),
  'tls-ca': text('Speak TLS, trusting the authorities in this PEM file', {
    placeholder: 'FILE',
    env: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  }),
  'tls-cert': text("Client's certificate, PEM (mutual TLS)", {
    placeholder: 'FILE',
    env: 'TEMPORAL_TLS_CLIENT_CERT_PATH',
  }),
  'tls-key': text("Client's private key, PEM (mutual TLS)", {
    placeholder: 'FILE',
    env: 'TEMPORAL_TLS_CLIENT_KEY_PATH',
  }),
  'tls-server-name': text("Name the server's certificate is checked for, if not the host", {
    placeholder: 'NAME',
    env: 'TEMPORAL_TLS_SERVER_NAME',
  }),
  'command-timeout': duration('Give up after this time'),
  output: choice(['text', 'json'], 'text', 'Text for people, or JSON for programs', { short: 'o' }),
};
export type ConnectionFlags = ValuesOf<typeof connectionFlags>;

const executionFlags = {
  'workflow-id': requiredText('Workflow id', { short: 'w', placeholder: 'ID' }),
  'run-id': textOr('', 'Run id; the newest run if left out', { short: 'r', placeholder: 'ID' }),
};

const inputFlag = { input: texts('One argument, as JSON', { short: 'i', placeholder: 'JSON' }) };

export const startDevFlags = {
  'db-filename': text('SQLite file that keeps everything; in memory, and gone at the end, if left out', {
    short: 'f',
    placeholder: 'FILE',
  }),
  port: portOr(7233, 'gRPC port; 0 takes a free one', { short: 'p' }),
  ip: textOr('127.0.0.1', 'Address to listen on', { placeholder: 'IP' }),
  namespace: texts('Namespace that exists from the start; default always does', { short: 'n', placeholder: 'NAME' }),
  'search-attribute': pairs('Search attribute: Text, Keyword, Int, Double, Bool, Datetime or KeywordList', {
    placeholder: 'NAME=TYPE',
  }),
  'tls-cert': text("Server's certificate, PEM; read again when it changes", { placeholder: 'FILE' }),
  'tls-key': text("Server's private key, PEM", { placeholder: 'FILE' }),
  'tls-client-ca': text('Only clients with a certificate of these authorities get in, PEM', { placeholder: 'FILE' }),
  'metrics-port': port('Prometheus metrics at /metrics; 0 takes a free port'),
  'dynamic-config-value': pairs('Setting, under its Temporal name; others than limits have no effect here'),
  'sqlite-pragma': pairs('SQLite setting; those that could lose writes are refused', { placeholder: 'NAME=VALUE' }),
  'log-level': choice(['debug', 'info', 'warn', 'error', 'never'], 'warn', 'Least important log lines to print'),
  'log-format': choice(['text', 'pretty', 'json'], 'text', 'How log lines look'),
  headless: toggle('No Web UI'),
  'ui-port': port('Web UI port; accepted, and not served yet'),
  'ui-ip': text('Web UI address; accepted, and not served yet', { placeholder: 'IP' }),
  'http-port': port('HTTP API port; accepted, and not served yet'),
  'ui-public-path': text('Accepted, without effect'),
  'ui-asset-path': text('Accepted, without effect'),
  'ui-codec-endpoint': text('Accepted, without effect'),
  'ui-disable-news-fetch': toggle('Accepted, without effect'),
  'log-config': toggle('Accepted, without effect'),
};
export type StartDevFlags = ValuesOf<typeof startDevFlags>;

export const testServerFlags = {
  port: portOr(7233, 'gRPC port; 0 takes a free one; --port may be left out', { short: 'p' }),
  ip: startDevFlags.ip,
  namespace: startDevFlags.namespace,
  'search-attribute': startDevFlags['search-attribute'],
  'enable-time-skipping': toggle('Skip time from the start, not only while a client awaits a result or sleeps'),
  'log-level': startDevFlags['log-level'],
  'log-format': startDevFlags['log-format'],
};
export type TestServerFlags = ValuesOf<typeof testServerFlags>;

const listFlags = {
  query: textOr('', 'Filter, such as: WorkflowType = "order" AND ExecutionStatus = "Running"', { short: 'q' }),
  limit: count('Print at most this many'),
  ...connectionFlags,
};
export type ListFlags = ValuesOf<typeof listFlags>;

const runFlags = { ...executionFlags, ...connectionFlags };
export type RunFlags = ValuesOf<typeof runFlags>;

const startFlags = {
  type: requiredText('Workflow type', { placeholder: 'NAME' }),
  'task-queue': requiredText('Task queue of its workers', { short: 't', placeholder: 'NAME' }),
  'workflow-id': text('Workflow id; made up if left out', { short: 'w', placeholder: 'ID' }),
  ...inputFlag,
  'execution-timeout': duration('Time limit of the whole chain of runs'),
  'run-timeout': duration('Time limit of one run'),
  'task-timeout': duration('Time limit of one workflow task'),
  ...connectionFlags,
};
export type StartFlags = ValuesOf<typeof startFlags>;

const signalFlags = {
  ...executionFlags,
  name: requiredText('Signal name', { placeholder: 'NAME' }),
  ...inputFlag,
  ...connectionFlags,
};
export type SignalFlags = ValuesOf<typeof signalFlags>;

const queryFlags = {
  ...executionFlags,
  name: requiredText('Query name', { placeholder: 'NAME' }),
  ...inputFlag,
  ...connectionFlags,
};
export type QueryFlags = ValuesOf<typeof queryFlags>;

const endFlags = { ...executionFlags, reason: textOr('', 'Why; kept in the history'), ...connectionFlags };
export type EndFlags = ValuesOf<typeof endFlags>;

const createNamespaceFlags = {
  retention: duration('How long closed executions are kept; 72h if left out'),
  description: textOr('', 'What it is for'),
  email: textOr('', 'Whose it is'),
  ...connectionFlags,
};
export type CreateNamespaceFlags = ValuesOf<typeof createNamespaceFlags>;

const taskQueueFlags = {
  'task-queue': requiredText('Task queue', { short: 't', placeholder: 'NAME' }),
  ...connectionFlags,
};
export type TaskQueueFlags = ValuesOf<typeof taskQueueFlags>;

export const commands: Readonly<Record<string, Command>> = {
  'server start-dev': command({
    summary: 'starts a whole Service in this process',
    details:
      'Made for development and tests, but nothing in it is a toy: with --db-filename every acknowledged call is on disk. Ctrl-C ends it; twice, at once.',
    flags: startDevFlags,
    example: 'perdure server start-dev --db-filename perdure.db --namespace orders --search-attribute customer=Keyword',
    load: () => import('./start-dev/start-dev.js'),
  }),
  'test-server': command({
    summary: 'starts a Service that skips time, for tests',
    details:
      "In memory. What the time-skipping test environments of the SDKs run when they are given the file perdure-test-server as their server's path.",
    flags: testServerFlags,
    bareFlag: 'port',
    example: 'perdure test-server 7233',
    load: () => import('./test-server/test-server.js'),
  }),
  'workflow start': command({
    summary: 'starts a workflow execution',
    flags: startFlags,
    example: `perdure workflow start --type order -t orders -w order-17 -i '{"item":"book"}'`,
    load: () => import('./commands/workflow-start.js'),
  }),
  'workflow list': command({
    summary: 'lists workflow executions, newest first',
    flags: listFlags,
    example: `perdure workflow list -q 'ExecutionStatus = "Running"'`,
    load: () => import('./commands/workflow-list.js'),
  }),
  'workflow describe': command({
    summary: 'shows what an execution is doing and waits for',
    flags: runFlags,
    example: 'perdure workflow describe -w order-17',
    load: () => import('./commands/workflow-describe.js'),
  }),
  'workflow show': command({
    summary: 'prints the history of an execution, one line per event',
    flags: runFlags,
    example: 'perdure workflow show -w order-17',
    load: () => import('./commands/workflow-show.js'),
  }),
  'workflow result': command({
    summary: 'waits for an execution to end and prints its result',
    details: 'Follows runs that continue as new. Exits with 1 when the execution did not complete.',
    flags: runFlags,
    example: 'perdure workflow result -w order-17',
    load: () => import('./commands/workflow-result.js'),
  }),
  'workflow signal': command({
    summary: 'sends a signal to an execution',
    flags: signalFlags,
    example: `perdure workflow signal -w order-17 --name approve -i '"ann"'`,
    load: () => import('./commands/workflow-signal.js'),
  }),
  'workflow query': command({
    summary: 'asks an execution and prints its answer',
    flags: queryFlags,
    example: 'perdure workflow query -w order-17 --name status',
    load: () => import('./commands/workflow-query.js'),
  }),
  'workflow cancel': command({
    summary: 'asks an execution to end; it may clean up first',
    flags: endFlags,
    example: 'perdure workflow cancel -w order-17',
    load: () => import('./commands/workflow-cancel.js'),
  }),
  'workflow terminate': command({
    summary: 'ends an execution at once',
    flags: endFlags,
    example: 'perdure workflow terminate -w order-17 --reason "wrong input"',
    load: () => import('./commands/workflow-terminate.js'),
  }),
  'task-queue describe': command({
    summary: 'shows the workers on a task queue and its backlog',
    flags: taskQueueFlags,
    example: 'perdure task-queue describe -t orders',
    load: () => import('./commands/task-queue-describe.js'),
  }),
  'operator namespace list': command({
    summary: 'lists namespaces',
    flags: connectionFlags,
    example: 'perdure operator namespace list',
    load: () => import('./commands/namespace-list.js'),
  }),
  'operator namespace describe': command({
    summary: 'shows a namespace',
    flags: connectionFlags,
    example: 'perdure operator namespace describe -n orders',
    load: () => import('./commands/namespace-describe.js'),
  }),
  'operator namespace create': command({
    summary: 'creates a namespace',
    flags: createNamespaceFlags,
    example: 'perdure operator namespace create -n orders --retention 7d',
    load: () => import('./commands/namespace-create.js'),
  }),
  'operator cluster health': command({
    summary: 'asks whether the Service is serving',
    flags: connectionFlags,
    example: 'perdure operator cluster health --address 127.0.0.1:7233',
    load: () => import('./commands/cluster-health.js'),
  }),
};
