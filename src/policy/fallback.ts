// What a caller gets in place of an error.

import { COUNT_FALLBACK } from '../../assembly/layout.ts';
import { LaterAttempt } from './attempt.ts';
import type { Call } from './call.ts';

/** Asks the fallback, and answers with its value; what it throws goes to the caller. */
export function fallBack(call: Call, error: unknown): void {
  const { core } = call;
  core.count(COUNT_FALLBACK);
  if (core.events.heard.fallback) core.events.emit('fallback', { policy: core.name, error });
  const context = new LaterAttempt(call, Math.max(call.attempts, 1), 0, call.startMs);
  const outcome = call.mode === 'outcome';
  const failed = (thrown: unknown) => {
    if (outcome) call.resolve({ ok: false, error: thrown, rejected: false });
    else call.reject(thrown);
  };
  try {
    Promise.resolve(core.functions.fallback?.(error, context)).then(
      (value) => call.resolve(outcome ? { ok: true, value, rejected: false } : value),
      failed,
    );
  } catch (thrown) {
    failed(thrown);
  }
}
