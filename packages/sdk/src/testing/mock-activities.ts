/** Fakes of activities for tests of workflows: they remember their calls, and do what the test tells them. */

/** One call of a fake. */
export interface ActivityCall<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  readonly args: Args;
  /** How it went; `pending` while it runs. */
  readonly outcome:
    | { readonly kind: 'pending' }
    | { readonly kind: 'completed'; readonly result: Result }
    | { readonly kind: 'failed'; readonly error: unknown };
}

type AnyFunction = (...args: never[]) => unknown;

/** A fake of the activity `F`. Give it to a Worker in the activity's place. */
export interface MockedActivity<F extends AnyFunction> {
  (...args: Parameters<F>): Promise<Awaited<ReturnType<F>>>;
  /** In the order in which they came; each attempt is a call. */
  readonly calls: readonly ActivityCall<Parameters<F>, Awaited<ReturnType<F>>>[];
  /** From now on it does this. */
  does(implementation: F): this;
  /** The next call that has nothing else to do does this, then it is as before. */
  doesOnce(implementation: F): this;
  /** From now on it completes with this result. */
  returns(result: Awaited<ReturnType<F>>): this;
  returnsOnce(result: Awaited<ReturnType<F>>): this;
  /** From now on it fails: with the error as it is, or an Error with this message. */
  throws(error: unknown): this;
  throwsOnce(error: unknown): this;
  /** Forgets its calls and what it was told: it does again what it did at first. */
  reset(): void;
}

/** Fakes of all activities of `A`, under their names. */
export type MockedActivities<A extends object> = {
  readonly [Name in keyof A as A[Name] extends AnyFunction ? Name : never]: A[Name] extends AnyFunction
    ? MockedActivity<A[Name]>
    : never;
};

/**
 * Fakes of activities that do what is given here until they are told otherwise, and remember their calls. Given the real
 * activities it spies on them.
 *
 *     const fakes = mockActivities<Pick<typeof activities, 'charge' | 'ship'>>({
 *       charge: async (amount) => `receipt for ${amount}`,
 *       ship: async () => undefined,
 *     });
 *     fakes.charge.throwsOnce('the bank is closed');
 *     const worker = await Worker.create({ activities: fakes, … });
 *     …
 *     assert.deepEqual(fakes.charge.calls.map(({ args }) => args), [[17], [17]]);
 */
export function mockActivities<A extends object>(implementations: A): MockedActivities<A> {
  const mocks = Object.entries(implementations)
    .filter((entry): entry is [string, AnyFunction] => typeof entry[1] === 'function')
    .map(([name, implementation]) => [name, mockActivity(implementation)]);
  return Object.fromEntries(mocks) as MockedActivities<A>;
}

/** A fake of one activity. */
export function mockActivity<F extends AnyFunction>(implementation: F): MockedActivity<F> {
  type Call = MockedActivity<F>['calls'][number];
  type Result = Awaited<ReturnType<F>>;
  const calls: Call[] = [];
  const once: F[] = [];
  let always = implementation;
  const mock = async (...args: Parameters<F>): Promise<Result> => {
    const at = calls.push({ args, outcome: { kind: 'pending' } }) - 1;
    const kept = calls[at];
    const end = (outcome: Call['outcome']): void => {
      // A call from before a reset is none of the present ones.
      if (calls[at] === kept) calls[at] = { args, outcome };
    };
    try {
      const act = (once.shift() ?? always) as (...args: Parameters<F>) => Result | Promise<Result>;
      const result = await act(...args);
      end({ kind: 'completed', result });
      return result;
    } catch (error) {
      end({ kind: 'failed', error });
      throw error;
    }
  };
  const returning = (result: Result): F => (() => result) as unknown as F;
  const throwing = (error: unknown): F =>
    (() => {
      throw typeof error === 'string' ? new Error(error) : error;
    }) as unknown as F;
  const telling: Omit<MockedActivity<F>, never> = {
    calls,
    does: (told) => ((always = told), mocked),
    doesOnce: (told) => (once.push(told), mocked),
    returns: (result) => telling.does(returning(result)),
    returnsOnce: (result) => telling.doesOnce(returning(result)),
    throws: (error) => telling.does(throwing(error)),
    throwsOnce: (error) => telling.doesOnce(throwing(error)),
    reset() {
      calls.length = 0;
      once.length = 0;
      always = implementation;
    },
  };
  const mocked: MockedActivity<F> = Object.assign(mock, telling);
  return mocked;
}
