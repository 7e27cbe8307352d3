/** What this SDK calls itself: towards servers, in histories and in stack traces. */
export const SDK_NAME = 'perdure-typescript';
export const SDK_VERSION = '0.1.0';
