// What a caller gets in place of an error.

import { COUNT_FALLBACK } from '../../assembly/layout.ts';
import { LaterAttempt } from './attempt.ts';
import type { Call } from './call.ts';
import type { PolicyCore } from './core.ts';
import type { CallContext, PolicyOutcome } from './types.ts';

/** Answers a call with what the fallback gives; what it throws goes to the caller. */
export async function fallBack(call: Call, error: unknown): Promise<void> {
  const context = new LaterAttempt(call, Math.max(call.attempts, 1), 0, call.startMs);
  const outcome = await askFallback(call.core, error, context);
  if (call.mode === 'outcome') call.resolve(outcome);
  else if (outcome.ok) call.resolve(outcome.value);
  else call.reject(outcome.error);
}

/** Asks the fallback, at once: its value, or what it throws, as an outcome. */
export async function askFallback(
  core: PolicyCore,
  error: unknown,
  context: CallContext,
): Promise<PolicyOutcome<unknown>> {
  core.count(COUNT_FALLBACK);
  if (core.events.heard.fallback) core.events.emit('fallback', { policy: core.name, error });
  try {
    return { ok: true, value: await core.functions.fallback?.(error, context), rejected: false };
  } catch (thrown) {
    return { ok: false, error: thrown, rejected: false };
  }
}
