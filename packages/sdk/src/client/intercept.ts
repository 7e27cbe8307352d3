/** How interceptors are put around a call. */
import type { WorkflowClientInterceptor, WorkflowStartInput, WorkflowStartOutput } from './interceptors.js';

type Call<Input, Output> = (input: Input) => Promise<Output>;

/** A start: each interceptor wraps it with `startWithDetails`, or else with `start`. */
export function interceptedStart(
  interceptors: readonly WorkflowClientInterceptor[],
  call: Call<WorkflowStartInput, WorkflowStartOutput>,
): Call<WorkflowStartInput, WorkflowStartOutput> {
  const adapted = interceptors.map((interceptor) => {
    if (interceptor.startWithDetails !== undefined || interceptor.start === undefined) return interceptor;
    return { startWithDetails: detailed(interceptor as typeof interceptor & StartOnly) };
  });
  return intercepted(adapted, 'startWithDetails', call);
}

interface StartOnly {
  start(input: WorkflowStartInput, next: Call<WorkflowStartInput, string>): Promise<string>;
}

function detailed(interceptor: StartOnly): NonNullable<WorkflowClientInterceptor['startWithDetails']> {
  return async (input, next) => {
    let eagerlyStarted = false;
    const runId = await interceptor.start(input, async (given) => {
      const output = await next(given);
      ({ eagerlyStarted } = output);
      return output.runId;
    });
    return { runId, eagerlyStarted };
  };
}

/** The call, wrapped in every interceptor that has this method; the first of the list is the outermost. */
export function intercepted<Interceptor extends object, Input, Output>(
  interceptors: readonly Interceptor[],
  method: keyof Interceptor,
  call: Call<Input, Output>,
): Call<Input, Output> {
  let chain = call;
  for (const interceptor of [...interceptors].reverse()) {
    // The methods of one name share one input and output; the union of all of them cannot say so.
    const step = interceptor[method] as unknown as
      ((input: Input, next: Call<Input, Output>) => Promise<Output>) | undefined;
    if (step === undefined) continue;
    const next = chain;
    chain = (input) => step.call(interceptor, input, next);
  }
  return chain;
}
