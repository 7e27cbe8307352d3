/**
 * Rejected promises of workflow code that nobody handles. Node tells of them at the end of its tick; by then the activation
 * that made them is over, and the next one has not begun (`ActivationLoop` sees to that), so they belong to the last one.
 *
 * Node tells by `process.emit`, which is replaced while a realm is there instead of listening: other listeners, such as those
 * of test runners, must not take a failed Workflow Task for an error of the process.
 */

export interface RejectionOwner {
  /** Whether the promise was made in this realm. */
  owns(promise: unknown): boolean;
  onRejection(reason: unknown): void;
}

const owners = new Set<RejectionOwner>();

type Emit = (this: NodeJS.Process, name: string | symbol, ...args: unknown[]) => boolean;

let restore: (() => void) | undefined;

/** Gives what ends it. Promises of everybody else go their way. */
export function watchRejections(owner: RejectionOwner): () => void {
  owners.add(owner);
  restore ??= replaceEmit();
  return () => {
    owners.delete(owner);
    if (owners.size > 0) return;
    restore?.();
    restore = undefined;
  };
}

function replaceEmit(): () => void {
  const target = process as { emit: Emit };
  const { emit } = target;
  const routed: Emit = function (name, ...args) {
    return (name === 'unhandledRejection' && route(args[0], args[1])) || Reflect.apply(emit, this, [name, ...args]);
  };
  target.emit = routed;
  return () => {
    // Another one that has replaced it since goes on calling ours, which then does nothing.
    if (target.emit === routed) target.emit = emit;
  };
}

function route(reason: unknown, promise: unknown): boolean {
  for (const owner of owners) {
    if (!owner.owns(promise)) continue;
    owner.onRejection(reason);
    return true;
  }
  return false;
}
