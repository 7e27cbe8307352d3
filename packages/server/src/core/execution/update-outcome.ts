/** Result of an update as its caller sees it: exactly one of success and failure. */
export type UpdateOutcome =
  | { readonly kind: 'success'; readonly result: Uint8Array | undefined }
  | { readonly kind: 'failure'; readonly failure: Uint8Array | undefined };
