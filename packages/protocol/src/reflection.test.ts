import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { answerReflection, loadReflection } from './reflection.js';
import { allRpcs } from './rpc.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const index = loadReflection();
const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';

interface Descriptors {
  lookupType(name: string): { fieldsArray: readonly { name: string }[] };
  lookupService(name: string): { methodsArray: readonly unknown[] };
  resolveAll(): void;
}

const { Root } = createRequire(import.meta.url)('protobufjs') as {
  Root: { fromDescriptor(set: { file: unknown[] }): Descriptors };
};
const { FileDescriptorProto } = createRequire(import.meta.url)('protobufjs/ext/descriptor') as {
  FileDescriptorProto: { decode(bytes: Uint8Array): { name: string; dependency: string[]; package: string } };
};

test('the files of every service resolve without any other file', () => {
  for (const service of index.services) {
    const files = (index.filesBySymbol(service) ?? []).map((bytes) => FileDescriptorProto.decode(bytes));
    const root = Root.fromDescriptor({ file: files });
    root.resolveAll();
    const rpcs = allRpcs().filter((rpc) => rpc.service === service);
    assert.equal(root.lookupService(service).methodsArray.length, rpcs.length);
    for (const rpc of rpcs) assert.ok(root.lookupType(rpc.request.name));
  }
});

test('every import is a file that is served, and imports make no cycle', () => {
  const imports = new Map<string, readonly string[]>();
  for (const service of index.services) {
    for (const bytes of index.filesBySymbol(service) ?? []) {
      const file = FileDescriptorProto.decode(bytes);
      imports.set(file.name, file.dependency);
    }
  }
  const visit = (name: string, path: readonly string[]): void => {
    assert.ok(!path.includes(name), [...path, name].join(' -> '));
    assert.ok(imports.has(name), name);
    for (const next of imports.get(name) ?? []) visit(next, [...path, name]);
  };
  for (const name of imports.keys()) visit(name, []);
});

test('requests are answered: list, symbol, unknown symbol', () => {
  const ask = (tag: number, text: string): number[] => {
    const writer = new Writer();
    writer.stringOpt(tag, text);
    const reader = new Reader(answerReflection(index, writer.finish()), 'reflection');
    const fields: number[] = [];
    while (reader.offset < reader.end) {
      fields.push(reader.tag() >> 3);
      reader.skip();
    }
    return fields;
  };
  assert.deepEqual(ask(58, ''), [2, 6]);
  assert.deepEqual(ask(34, SERVICE), [2, 4]);
  assert.deepEqual(ask(34, `${SERVICE}.StartWorkflowExecution`), [2, 4]);
  assert.deepEqual(ask(34, 'no.such.Thing'), [2, 7]);
});
