/** What stack traces say of the SDK that made them. */
export const RUNTIME_VERSION = '0.1.0';
