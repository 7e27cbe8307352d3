/** `@perdure/protocol/json`: messages as JSON and back, by the names of their types. */
export type { Json, JsonOptions } from './json.js';
export { JsonFormatError, messageFromJson } from './from-json.js';
export type { FromJsonOptions } from './from-json.js';
export { messageToJson } from './to-json.js';
