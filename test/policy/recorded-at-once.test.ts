// A call whose one attempt is all of it is recorded with that: whoever begins, or is told, because it has ended finds
// it counted.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const errorBudget = { objective: 0.9, windowMs: 3_600_000, minCalls: 1 };

onBothEngines('a call that fails', (engine) => {
  for (const [judge, judged] of [
    ['nobody', {}],
    ['a function', { isFailure: ({ ok }) => !ok }],
  ] as [string, PolicyOptions][]) {
    it(`has spent the budget when the next in line begins in its place, where ${judge} judges it`, async () => {
      const { guarded } = given(engine, {
        bulkhead: { maxConcurrent: 1, maxQueue: 5 },
        timeout: { attemptMs: 1_000 },
        errorBudget,
        ...judged,
      });
      const held = pending();
      const failing = errorOf(guarded.execute(held.operation));
      const next = guarded.execute(async () => guarded.errorBudget?.remaining);
      held.reject(new Error('x'));
      await failing;
      assert.equal(await next, 0);
    });
  }

  it('has spent the budget though whoever is told of the open circuit aborts it', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1 },
      timeout: { attemptMs: 1_000 },
      errorBudget,
    });
    const caller = new AbortController();
    guarded.on('stateChange', () => caller.abort());
    await errorOf(guarded.execute(() => Promise.reject(new Error('x')), { signal: caller.signal }));
    assert.equal(caller.signal.aborted, true);
    assert.equal(guarded.errorBudget?.remaining, 0);
  });
});
