// A raw gRPC client by the published message definitions: no SDK, no retries, no defaults filled in.
import grpc from '@grpc/grpc-js';
import root from '@temporalio/proto';

const SERVICES = ['temporal.api.workflowservice.v1.WorkflowService', 'temporal.api.operatorservice.v1.OperatorService'];

/** Every RPC: its name → { path, Request, Response }. */
const methods = new Map(
  SERVICES.flatMap((service) =>
    root
      .lookupService(service)
      .methodsArray.map((method) => method.resolve())
      .map(({ name, resolvedRequestType: Request, resolvedResponseType: Response }) => [
        name,
        { path: `/${service}/${name}`, Request, Response },
      ]),
  ),
);

/** What a server answered instead of a response; `details` are decoded where their type is known. */
export class RpcError extends Error {
  constructor(method, code, text, details) {
    super(`${method}: ${code}: ${text}`);
    Object.assign(this, { code, text, details });
  }
}

/** Opens a connection. `tls` holds file contents, `{ ca, cert, key }`, each optional; without it the connection is in clear. */
export function connect(address, tls) {
  const credentials = tls
    ? grpc.credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null)
    : grpc.credentials.createInsecure();
  const client = new grpc.Client(address, credentials, { 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
  return {
    call: (name, request = {}, options = {}) => call(client, name, request, options),
    close: () => client.close(),
  };
}

/**
 * One call; resolves to the response as plain JSON, rejects with an RpcError.
 * `bytes` replaces the encoded request (for malformed ones); `path` calls a method that may not exist.
 */
function call(client, name, request, { deadlineMs = 10_000, bytes, path } = {}) {
  const { path: known, Request, Response } = methods.get(name) ?? methods.get('GetSystemInfo');
  const encode = () => bytes ?? Buffer.from(Request.encode(Request.fromObject(packed(request))).finish());
  return new Promise((resolve, reject) => {
    const done = (error, answer) => (error ? reject(toRpcError(name, error)) : resolve(plain(Response, answer)));
    const options = { deadline: Date.now() + deadlineMs };
    client.makeUnaryRequest(path ?? known, encode, (raw) => Response.decode(raw), request, options, done);
  });
}

/** In requests an Any may be written `{ typeName, value }` with the value as plain JSON. */
function packed(value) {
  if (Array.isArray(value)) return value.map(packed);
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  if (value.typeName) return packAny(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, packed(inner)]));
}

function packAny({ typeName, value }) {
  const Type = root.lookupType(typeName);
  return { type_url: `type.googleapis.com/${typeName}`, value: Type.encode(Type.fromObject(value)).finish() };
}

function toRpcError(name, error) {
  const status = error.metadata?.get('grpc-status-details-bin')?.[0];
  const details = status ? root.lookupType('google.rpc.Status').decode(status).details.map(decodeDetail) : [];
  return new RpcError(name, grpc.status[error.code] ?? String(error.code), error.details, details);
}

function decodeDetail({ type_url: url, value }) {
  const type = url.slice(url.lastIndexOf('/') + 1);
  const Type = root.lookup(type);
  return Type ? { type, ...plain(Type, Type.decode(value)) } : { type, sizeBytes: value.length };
}

/** A message as plain JSON: enum names, 64-bit integers as text, bytes as base64; only what was on the wire. */
export function plain(Type, message) {
  return Type.toObject(message, { enums: String, longs: String, bytes: String });
}

/** The names of all RPCs of both services. */
export const rpcNames = [...methods.keys()];
