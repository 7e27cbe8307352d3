/**
 * What GetSystemInfo and GetClusterInfo say. SDKs and tools compare it with versions of the reference, so it is that of the
 * reference whose behaviour is served.
 */
export const SERVER_VERSION = '1.32.1';
/** Of this product. */
export const PRODUCT_VERSION = '0.1.0';
