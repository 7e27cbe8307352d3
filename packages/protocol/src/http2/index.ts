/** HTTP/2 without I/O, for the server's transport and for the client channel. */

export { Http2Connection, type Http2Host, type Http2Limits } from './connection.js';
export { connectionPreface, errorCode, Http2Error } from './frame.js';
export { headerField, type HeaderField, type HeaderFields, recurringField } from './header-encoder.js';
export { HeaderList } from './header-list.js';
export type { StreamListener, StreamWriter } from './stream.js';
export { writeOutput } from './write-output.js';
