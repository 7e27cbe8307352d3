/** The client's side of gRPC: one HTTP/2 connection for every kind of call. Node. */

export { type CallAnswer, CallFailed } from './answer.js';
export type { CallOptions } from './call.js';
export { Channel, type ChannelOptions, type ChannelProxy, type ChannelTls } from './channel.js';
