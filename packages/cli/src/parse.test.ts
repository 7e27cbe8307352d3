import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './exit-code.js';
import { parse } from './parse.js';
import type { Parsed } from './parse.js';
import { commands, connectionFlags } from './spec.js';
import { runCli } from './testing/run-cli.js';

const parseLine = (line: string, env: Record<string, string> = {}): Parsed =>
  parse(commands, connectionFlags, line === '' ? [] : line.split(' '), env);

function given(line: string, env: Record<string, string> = {}): Record<string, readonly string[]> {
  const parsed = parseLine(line, env);
  assert.equal(parsed.kind, 'run');
  return parsed.kind === 'run' ? Object.fromEntries(parsed.given) : {};
}

test('the command line the SDKs start a dev server with', () => {
  const line =
    'server start-dev --port 7 --namespace a --ip 127.0.0.1 --log-format pretty --log-level warn --dynamic-config-value x=1 --dynamic-config-value y="z" --headless --search-attribute N=Int';
  assert.deepEqual(given(line), {
    port: ['7'],
    namespace: ['a'],
    ip: ['127.0.0.1'],
    'log-format': ['pretty'],
    'log-level': ['warn'],
    'dynamic-config-value': ['x=1', 'y="z"'],
    headless: ['true'],
    'search-attribute': ['N=Int'],
  });
});

test('all ways to write a flag', () => {
  for (const line of ['-p 8', '-p8', '-p=8', '--port 8', '--port=8']) {
    assert.deepEqual(given(`server start-dev ${line}`), { port: ['8'] }, line);
  }
  assert.deepEqual(given('server start-dev --headless=false'), { headless: ['false'] });
});

test('a repeatable flag collects, the last of another counts', () => {
  const flags = given('server start-dev -n a -n b -p 1 -p 2');
  assert.deepEqual(flags, { namespace: ['a', 'b'], port: ['2'] });
});

test('a value may begin with a dash', () => {
  assert.deepEqual(given('workflow start --type t -t q -i -5')['input'], ['-5']);
});

test('flags before the command', () => {
  assert.deepEqual(given('--address h:1 workflow -n x list'), { address: ['h:1'], namespace: ['x'] });
});

test('an environment variable stands in for a flag, and only for an absent one', () => {
  const env = { TEMPORAL_ADDRESS: 'env:1', TEMPORAL_NAMESPACE: '' };
  assert.deepEqual(given('workflow list', env), { address: ['env:1'] });
  assert.deepEqual(given('workflow list --address flag:1', env), { address: ['flag:1'] });
});

test('help and version, wherever they stand', () => {
  assert.deepEqual(parseLine(''), { kind: 'help', path: '' });
  assert.deepEqual(parseLine('workflow'), { kind: 'help', path: 'workflow' });
  assert.deepEqual(parseLine('workflow list --help'), { kind: 'help', path: 'workflow list' });
  assert.deepEqual(parseLine('workflow show -w x -h'), { kind: 'help', path: 'workflow show' });
  assert.deepEqual(parseLine('help workflow list'), { kind: 'help', path: 'workflow list' });
  assert.deepEqual(parseLine('--version'), { kind: 'version' });
});

const wrong: readonly (readonly [line: string, message: RegExp, advice: RegExp])[] = [
  ['worfklow list', /no command "worfklow"/, /perdure workflow$/],
  ['workflow lst', /no command "workflow lst"/, /perdure workflow list$/],
  ['operator namespace lits', /no command "operator namespace lits"/, /perdure operator namespace list$/],
  ['zzzzzzzz', /no command/, /perdure --help/],
  ['server start-dev --prot 1', /has no flag --prot/, /--port/],
  ['server start-dev --nonsense-flag=1', /has no flag --nonsense-flag\./, /--help/],
  ['server start-dev --port', /--port needs a value/, /--help/],
  ['workflow describe', /--workflow-id \(-w\) is missing/, /--help/],
  ['workflow describe order-1', /not "order-1"/, /--workflow-id order-1/],
  ['help workflow lst', /no command/, /workflow list/],
];

for (const [line, message, advice] of wrong) {
  test(`refused: ${line}`, () => {
    assert.throws(
      () => parseLine(line),
      (error) => error instanceof UsageError && message.test(error.message) && advice.test(error.advice ?? ''),
    );
  });
}

const badValues: readonly (readonly [line: string, message: RegExp])[] = [
  ['server start-dev -p abc', /--port must be a port/],
  ['server start-dev -p 65536', /--port must be a port/],
  ['server start-dev --log-level loud', /--log-level must be one of debug, info, warn, error, never/],
  ['server start-dev --headless=maybe', /--headless is a switch/],
  ['server start-dev --search-attribute N', /must be written KEY=VALUE/],
  ['server start-dev --search-attribute N=Keywrd', /Did you mean: --search-attribute N=Keyword/],
  ['server start-dev --tls-cert a.pem', /belong together/],
  ['server start-dev --tls-client-ca a.pem', /needs --tls-cert/],
  ['server start-dev --dynamic-config-value limit.maxIDLength=x', /must be a number/],
  ['server start-dev --dynamic-config-value history.defaultWorkflowTaskTimeout=x', /must be a duration/],
  ['workflow list --limit 0', /--limit must be a whole number/],
  ['workflow start --type t -t q --run-timeout soon', /--run-timeout must be a duration/],
  ['workflow start --type t -t q -i {', /--input is not JSON/],
];

for (const [line, message] of badValues) {
  test(`exit code 2: ${line}`, async () => {
    const { code, out, err } = await runCli(line.split(' '));
    assert.match(err, message);
    assert.equal(out, '');
    assert.equal(code, 2);
  });
}
