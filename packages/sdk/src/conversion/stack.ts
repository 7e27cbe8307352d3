/** Stacks without the lines that tell nothing about the application. */

/** Frames of this package and of Node itself; its own tests are users too. */
const ownFrame =
  /^\s+at .*(?:node:|[\\/]node_modules[\\/]perdure[\\/](?:dist|cjs)[\\/]|[\\/]packages[\\/]sdk[\\/](?:dist|cjs)[\\/](?!.*\.test\.))/;

/** The message and the frames of the application's own code. */
export function cutoffStackTrace(stack?: string): string {
  const lines = (stack ?? '').split(/\r?\n/);
  return lines.filter((line) => !ownFrame.test(line)).join('\n');
}
