/** Workflow code as the worker takes it, and how it is made from source files. */

export interface BundleOptions {
  /**
   * File or folder (with an index file) whose exported functions are the workflows, TypeScript or JavaScript: an absolute
   * path, `require.resolve('./workflows')`, or a file URL.
   */
  readonly workflowsPath: string;
  /** Modules that export `interceptors`, in the order in which calls pass through: paths or package names. Default none. */
  readonly workflowInterceptorModules?: readonly string[] | undefined;
  /** Module that exports `payloadConverter`. Default: ours. */
  readonly payloadConverterPath?: string | undefined;
  /** Module that exports `failureConverter`. Default: ours. */
  readonly failureConverterPath?: string | undefined;
  /**
   * Modules that workflow code imports but never uses: they are left out. What is used of them after all is undefined.
   * Default none.
   */
  readonly ignoreModules?: readonly string[] | undefined;
  /** Told how long bundling took and how large the bundle is. Default: nobody. */
  readonly logger?: BundleLogger | undefined;
}

export interface BundleLogger {
  info(message: string, meta?: Record<string, unknown>): void;
  warn(message: string, meta?: Record<string, unknown>): void;
}

/** What `bundleWorkflowCode` makes; `code` alone is enough to run it, and can be kept in a file. */
export interface WorkflowBundleWithSourceMap {
  readonly code: string;
  /** JSON. It is also in the last line of `code`. */
  readonly sourceMap: string;
}

/** A bundle in memory. */
export interface WorkflowBundle {
  readonly code: string;
  readonly sourceMap?: string | undefined;
}

/** A bundle in a file. */
export interface WorkflowBundlePath {
  readonly codePath: string;
}

/** `workflowBundle` of the worker's options. */
export type WorkflowBundleOption = WorkflowBundle | WorkflowBundleWithSourceMap | WorkflowBundlePath;
