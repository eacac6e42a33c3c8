import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given } from './given.ts';

describe('percentiles of a policy', () => {
  it('are those of the window of its budget, where it has one, and of all its calls otherwise', async () => {
    for (const [options, isKept] of [
      [{}, true],
      [{ latencyBudget: { percentile: 0.5, targetMs: 100, windowMs: 60_000, minCalls: 1 } }, false],
    ] as const) {
      const { holdfast, clock } = given({ policies: { send: options } });
      const call = holdfast
        .policy('send')
        .execute(() => new Promise<void>((resolve) => clock.setTimer(clock.now() + 64, resolve)));
      await clock.advance(64);
      await call;
      assert.ok((holdfast.views()[0].latency.p50Ms ?? 0) > 50);
      await clock.advance(600_000);
      const { p50Ms } = holdfast.views()[0].latency;
      assert.equal(p50Ms !== null, isKept);
    }
  });
});
