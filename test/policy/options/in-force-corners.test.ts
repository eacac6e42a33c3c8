// Options that follow from others, when those are changed in use.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { givenLater as given, onBothEngines } from '../../support/given.ts';

onBothEngines('an update', (engine) => {
  const takes = (permits: number, guarded: ReturnType<typeof given>['guarded']) => {
    try {
      return guarded.tryAcquire({ permits }).ok;
    } catch (error) {
      return (error as Error).name;
    }
  };

  it('of a rate moves the burst that followed from it, but not where the rate adapts', () => {
    const adaptive = { minPerSecond: 1, maxPerSecond: 100, targetMs: 5 };
    for (const [limiter, taken] of [
      [{ permitsPerSecond: 10 }, false],
      [{ permitsPerSecond: 10, adaptive }, 'RangeError'],
    ] as const) {
      const { guarded } = given(engine, { rateLimiter: limiter });
      assert.equal(takes(11, guarded), 'RangeError');
      guarded.update({ rateLimiter: { permitsPerSecond: 20 } });
      assert.equal(takes(11, guarded), taken);
      assert.equal(takes(10, guarded), true);
    }
  });

  it('goes on where the wait for the limiter was taken away before', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 500 },
    });
    guarded.update({ rateLimiter: { maxWaitMs: 0 } });
    guarded.update({ rateLimiter: { permitsPerSecond: 20 } });
    assert.equal(takes(1, guarded), true);
    assert.equal((await guarded.executeOutcome(() => 'sent')).ok, false);
    await clock.advance(50);
    assert.equal(takes(1, guarded), true);
  });
});
