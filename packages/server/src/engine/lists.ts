/** Lists and counts, read outside the engine once everything decided so far is on disk: callers see their own writes. */
import { reject } from '../core/rejection.js';
import type { CountGroup, ListFilter, ListPage } from '../ports/index.js';
import type { Engine } from './engine.js';
import type { ReplyTo } from './messages.js';

export function listExecutions(engine: Engine, replyTo: ReplyTo, filter: ListFilter): void {
  engine.afterAll(() =>
    engine.read({ kind: 'list', filter }, (answer) => {
      if (answer.kind === 'list') engine.reply(replyTo, answer.page satisfies ListPage);
      else engine.refuse(replyTo, unreadable(answer));
    }),
  );
}

export function countExecutions(engine: Engine, replyTo: ReplyTo, filter: ListFilter): void {
  engine.afterAll(() =>
    engine.read({ kind: 'count', filter }, (answer) => {
      if (answer.kind === 'count') engine.reply(replyTo, answer.groups satisfies readonly CountGroup[]);
      else engine.refuse(replyTo, unreadable(answer));
    }),
  );
}

function unreadable(answer: { readonly kind: string; readonly reason?: string }): ReturnType<typeof reject> {
  return reject(
    'UNAVAILABLE',
    `The list cannot be read at the moment (${answer.reason ?? answer.kind}). Try a narrower query.`,
  );
}
