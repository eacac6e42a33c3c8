// What the paths without a record ask and tell: no more than somebody wants, and no less.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type PolicyOptions, policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, fine, onBothEngines } from '../support/given.ts';

const SHORTEST: PolicyOptions = { circuitBreaker: { consecutiveFailures: 3 } };
const SHORT: PolicyOptions = { circuitBreaker: { consecutiveFailures: 3 }, bulkhead: { maxConcurrent: 1 } };

onBothEngines('a call without a record', (engine) => {
  /** A policy on a clock that counts how often it was read. */
  const given = (options: PolicyOptions) => {
    const clock = manualClock({ startMs: 36_000_000 });
    const { now } = clock;
    let readings = 0;
    clock.now = () => {
      readings++;
      return now();
    };
    return { guarded: policy(options, { clock, engine }), readings: () => readings };
  };

  it('that succeeds asks no clock where a breaker is all there is', async () => {
    const { guarded, readings } = given(SHORTEST);
    const before = readings();
    for (let call = 0; call < 3; call++) assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(readings(), before);
    // The same policy lets nobody through while it is isolated: what it looks at instead is the right word.
    const release = guarded.circuitBreaker?.isolate();
    await assert.rejects(
      guarded.execute(() => assert.fail('ran')),
      /isolated/,
    );
    release?.();
    assert.equal(await guarded.execute(fine), 'fine');
  });

  it('asks it twice where there is more', async () => {
    const { guarded, readings } = given(SHORT);
    const before = readings();
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(readings(), before + 2);
  });

  for (const options of [SHORTEST, SHORT]) {
    const path = Object.keys(options).join(', ');
    it(`${path}: is told to who listens for successes alone`, async () => {
      const { guarded } = given(options);
      let told = 0;
      guarded.on('success', () => told++);
      await guarded.execute(fine);
      await guarded.execute(boom).catch(() => {});
      assert.equal(told, 1);
    });

    it(`${path}: is told to who listens for failures alone`, async () => {
      const { guarded } = given(options);
      let told = 0;
      guarded.on('failure', () => told++);
      await guarded.execute(fine);
      await guarded.execute(boom).catch(() => {});
      assert.equal(told, 1);
    });
  }
});
