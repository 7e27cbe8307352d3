/** Messages of protobufjs as payloads, with reflection and of static modules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { encodingOf } from '../encoding.js';
import { PayloadConverterError } from '../errors.js';
import { utf8Bytes, utf8Text } from '../utf8.js';
import {
  DefaultPayloadConverterWithProtobufs,
  ProtobufBinaryPayloadConverter,
  ProtobufJsonPayloadConverter,
} from './index.js';

const root = protobuf.Root.fromJSON(protobuf.common.get('google/protobuf/timestamp.proto')!);
for (const name of ['duration', 'wrappers', 'struct', 'field_mask']) {
  root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
}
protobuf.parse(
  `syntax = "proto3"; package shop;
   enum State { NEW = 0; PAID = 1; }
   message Item { string name = 1; int64 cents = 2; bytes photo = 3; }
   message Order {
     string order_id = 1; repeated Item items = 2; map<string, Item> by_name = 3; State state = 4;
     google.protobuf.Timestamp placed_at = 5; google.protobuf.Duration within = 6; google.protobuf.StringValue note = 7;
     google.protobuf.Struct extra = 8; double weight = 9; oneof pay { string card = 10; bool cash = 11; }
   }`,
  root,
);
const Order = root.lookupType('shop.Order');
const order = Order.fromObject({
  orderId: 'o',
  items: [{ name: 'tea', cents: '9007199254740993', photo: Buffer.from([1, 255]) }],
  byName: { tea: { name: 'tea' } },
  state: 'PAID',
  placedAt: { seconds: 1_700_000_000, nanos: 5_000_000 },
  within: { seconds: 90 },
  note: { value: 'fast' },
  extra: { fields: { a: { listValue: { values: [{ numberValue: 1 }, { nullValue: 0 }] } }, b: { boolValue: false } } },
  weight: NaN,
  cash: true,
});
const converter = new DefaultPayloadConverterWithProtobufs({ protobufRoot: root });

test('a message as protobuf JSON, as other SDKs write and read it', () => {
  const payload = converter.toPayload(order);
  assert.equal(encodingOf(payload), 'json/protobuf');
  assert.equal(utf8Text(payload.metadata?.['messageType'] ?? utf8Bytes('')), 'shop.Order');
  assert.deepEqual(JSON.parse(utf8Text(payload.data ?? utf8Bytes(''))), {
    orderId: 'o',
    items: [{ name: 'tea', cents: '9007199254740993', photo: 'Af8=' }],
    byName: { tea: { name: 'tea' } },
    state: 'PAID',
    placedAt: '2023-11-14T22:13:20.005Z',
    within: '90s',
    note: 'fast',
    extra: { a: [1, null], b: false },
    weight: 'NaN',
    cash: true,
  });
  const back = converter.fromPayload<protobuf.Message>(payload);
  assert.deepEqual(Order.encode(back).finish(), Order.encode(order).finish());
});

test('JSON with names of the .proto file, zones and unknown fields', () => {
  const metadata = { encoding: utf8Bytes('json/protobuf'), messageType: utf8Bytes('shop.Order') };
  const read = (json: unknown): protobuf.Message & { [name: string]: unknown } =>
    converter.fromPayload({ metadata, data: utf8Bytes(JSON.stringify(json)) });
  const back = read({ order_id: 'o', placed_at: '2023-11-14T23:13:20+01:00', within: '-1.5s', more: 1, note: null });
  assert.equal(back['orderId'], 'o');
  assert.equal(String((back['placedAt'] as { seconds: unknown }).seconds), '1700000000');
  assert.equal((back['within'] as { nanos: unknown }).nanos, -500_000_000);
  assert.throws(() => read({ within: '1 hour' }), /"1 hour" is not the JSON of a google.protobuf.Duration/);
  assert.throws(() => read([]), /is not the JSON of a shop.Order/);
});

test('a message as bytes', () => {
  const binary = new ProtobufBinaryPayloadConverter(root);
  const payload = binary.toPayload(order);
  assert.deepEqual(payload?.data, Order.encode(order).finish());
  const back = binary.fromPayload<protobuf.Message>(payload ?? {});
  assert.deepEqual(Order.encode(back).finish(), Order.encode(order).finish());
  assert.throws(() => binary.fromPayload({ ...payload, data: Uint8Array.of(0xff) }), /is not a 'shop.Order'/);
  assert.equal(binary.toPayload({ a: 1 }), undefined);
});

test('classes of static modules go as bytes', () => {
  class Tea {
    name = 'x';
    static encode(): { finish(): Uint8Array } {
      return { finish: () => Uint8Array.of(7) };
    }
    static decode(): Tea {
      return new Tea();
    }
    static getTypeUrl(prefix = 'type.googleapis.com'): string {
      return `${prefix}/shop.Tea`;
    }
  }
  const fromStatic = new DefaultPayloadConverterWithProtobufs({ protobufRoot: { shop: { Tea } } });
  const payload = fromStatic.toPayload(new Tea());
  assert.equal(encodingOf(payload), 'binary/protobuf');
  assert.ok(fromStatic.fromPayload(payload) instanceof Tea);
});

test('a message that the root does not have is named', () => {
  const payload = converter.toPayload(order);
  const without = new ProtobufJsonPayloadConverter(new protobuf.Root());
  assert.throws(
    () => without.fromPayload(payload),
    (error) => {
      return error instanceof PayloadConverterError && /'shop.Order', which is not in the `root`/.test(error.message);
    },
  );
  assert.throws(() => new ProtobufJsonPayloadConverter().fromPayload(payload), /without a `root`/);
  assert.deepEqual(converter.fromPayload(converter.toPayload({ plain: 1 })), { plain: 1 });
});
