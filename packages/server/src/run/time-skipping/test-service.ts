/** temporal.api.testservice.v1.TestService: how clients of every language work the clock of a server that skips time. */
import { MalformedMessageError, StatusCode, testService } from '@perdure/protocol';
import type { AnyRpc, Init, Rpc } from '@perdure/protocol';
import type { CallContext, CallHandler, Reply, Service } from '../../transport/contract.js';
import type { VirtualClock } from './virtual-clock.js';

/** Serves one call. May answer how to call it off, for when the caller leaves. */
type Serve = (context: CallContext, request: Uint8Array, reply: Reply) => (() => void) | undefined;

export function testServiceOf(clock: VirtualClock): Service {
  const methods = methodsOf(clock);
  const handler: CallHandler = {
    unary(context, request, reply) {
      try {
        const callOff = methods.get(context.method)?.(context, request, reply);
        if (callOff !== undefined) context.onCancel(callOff);
      } catch (error) {
        if (!(error instanceof MalformedMessageError)) throw error;
        reply({ ok: false, code: StatusCode.INTERNAL, message: `grpc: error unmarshalling request: ${error.message}` });
      }
    },
  };
  const rpcs = Object.values(testService) as AnyRpc[];
  return {
    name: testService.GetCurrentTime.service,
    methods: new Map(rpcs.map((rpc) => [rpc.method, 'unary'])),
    handler,
  };
}

function methodsOf(clock: VirtualClock): ReadonlyMap<string, Serve> {
  const { LockTimeSkipping, UnlockTimeSkipping, Sleep, SleepUntil, UnlockTimeSkippingWithSleep, GetCurrentTime } =
    testService;
  const after = (durationMs: number | undefined): number => clock.nowMs() + (durationMs ?? 0);
  return new Map([
    method(LockTimeSkipping, (_request, answer) => {
      clock.lock();
      return answer({});
    }),
    method(UnlockTimeSkipping, (_request, answer) => {
      clock.unlock();
      return answer({});
    }),
    method(Sleep, ({ duration }, answer) => clock.sleepUntil(after(duration), false, () => answer({}))),
    method(SleepUntil, ({ timestamp }, answer) => clock.sleepUntil(timestamp ?? 0, false, () => answer({}))),
    method(UnlockTimeSkippingWithSleep, ({ duration }, answer) =>
      clock.sleepUntil(after(duration), true, () => answer({})),
    ),
    method(GetCurrentTime, (_request, answer) => answer({ time: clock.nowMs() })),
  ]);
}

function method<Request, Response>(
  rpc: Rpc<Request, Response>,
  serve: (request: Request, answer: (response: Init<Response>) => undefined) => (() => void) | undefined,
): [string, Serve] {
  return [
    rpc.path,
    (_context, bytes, reply) =>
      serve(rpc.request.decodeUntrusted(bytes), (response) => {
        reply({ ok: true, bytes: rpc.response.encode(response) });
        return undefined;
      }),
  ];
}
