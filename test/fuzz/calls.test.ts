import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HoldfastError, policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { anything, built, either, thrown } from './anything.ts';
import { sized } from './sizes.ts';

const anyCall = fc.record(
  {
    key: fc.string(),
    permits: fc.double({ min: 0.1, max: 10, noNaN: true }),
    priority: fc.nat(7),
    timeoutMs: fc.nat(1_000),
    signal: fc.constantFrom(AbortSignal.abort(), new AbortController().signal),
    parent: anything,
  },
  { requiredKeys: ['key'] },
);

function guarded() {
  const clock = manualClock();
  const made = policy(
    {
      bulkhead: { maxConcurrent: 2, maxQueue: 2 },
      rateLimiter: { permitsPerSecond: 1_000, burst: 10, perKey: { maxKeys: 8 } },
      timeout: { totalMs: 100 },
      coalesce: { key: ({ priority }) => priority },
      errorBudget: { objective: 0.9, windowMs: 1_000 },
    },
    { clock },
  );
  return { clock, made };
}

/** Misuse is a RangeError or a TypeError; what is read of the caller's may throw the caller's own. */
function assertTold(error: unknown): void {
  const told = error instanceof RangeError || error instanceof TypeError || HoldfastError.is(error);
  const aborted = error instanceof DOMException && error.name === 'AbortError';
  assert.ok(told || aborted || error === thrown, `it ended in ${typeof error}`);
}

describe('any options of a call', () => {
  it('are taken or refused; the call is answered and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(either(anyCall), async (recipe) => {
        const { clock, made } = guarded();
        const answered = made.executeOutcome(() => 'fine', built(recipe) as never);
        const executed = made.execute(async () => 'fine', built(recipe) as never).catch(assertTold);
        const acquired = made
          .acquire(built(recipe) as never)
          .then((permit) => permit.settle('success'), assertTold);
        try {
          const permit = made.tryAcquire(built(recipe) as never);
          if (permit.ok) permit.settle('ignored');
        } catch (error) {
          assertTold(error);
        }
        await clock.advance(200);
        const outcome = await answered;
        if (!outcome.ok) assertTold(outcome.error);
        await Promise.all([executed, acquired]);
        assert.deepEqual([made.bulkhead?.active, made.bulkhead?.queued, clock.pending], [0, 0, 0]);
        made.dispose();
      }),
      sized(300),
    );
  });

  it('stand beside any operation: what is none is refused before anything is taken', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (recipe) => {
        const { made } = guarded();
        const operation = built(recipe);
        const outcome = await made.executeOutcome(operation as never, { key: 'k' });
        if (typeof operation === 'function') return;
        assert.ok(!outcome.ok && outcome.error instanceof TypeError);
        assert.equal(made.errorBudget?.allowedFailures, 0);
        made.dispose();
      }),
      sized(200),
    );
  });
});
