/** How interceptors are put around a call. */
type Call<Input, Output> = (input: Input) => Promise<Output>;

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
