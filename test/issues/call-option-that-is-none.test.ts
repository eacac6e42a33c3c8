// A name that no option of a call has was passed over in silence: `{ timeout: 50 }` was no limit at all. It is refused,
// with the name that was meant.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OptionsError, policy } from '../../src/index.ts';

const guarded = policy({ timeout: { totalMs: 1_000 } });
const wrong = { timeout: 50 } as never;

function isTold(error: unknown): boolean {
  assert.ok(error instanceof OptionsError, String(error));
  assert.match(error.message, /unknown option "timeout"; did you mean "timeoutMs"\?/);
  return true;
}

it('an unknown option of a call is refused with the nearest known one', async () => {
  await assert.rejects(
    guarded.execute(() => 1, wrong),
    isTold,
  );
  await assert.rejects(guarded.acquire(wrong), isTold);
  assert.throws(() => guarded.tryAcquire(wrong), isTold);
  const outcome = await guarded.executeOutcome(() => 1, wrong);
  assert.ok(!outcome.ok && !outcome.rejected && isTold(outcome.error));
});
