// SCENARIO 30: chaos, and what sheds load.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ChaosError, createHoldfast, TimeoutError } from '../../src/index.ts';
import { manualClock, scriptedRandom } from '../../src/testing/index.ts';
import { fine, onBothEngines } from '../support/given.ts';

onBothEngines('chaos', (engine) => {
  const withChaos = (draws: number[], chaos: object, more: object = {}) => {
    const clock = manualClock();
    const random = scriptedRandom(draws);
    const holdfast = createHoldfast({ clock, random, engine, policies: { send: { chaos, ...more } } });
    return { clock, holdfast, send: holdfast.policy('send') };
  };

  it('30: injects when the draw is under the rate, and not when it is equal', async () => {
    const { holdfast, send } = withChaos([0.5, 0.4, 0.6], { error: { rate: 0.6 } });
    holdfast.chaos.enable();
    await assert.rejects(send.execute(fine), ChaosError);
    await assert.rejects(send.execute(fine), ChaosError);
    assert.equal(await send.execute(fine), 'fine');
  });

  it('30: chance 0.5 against rate 0.4 is let through', async () => {
    const { holdfast, send } = withChaos([0.5], { error: { rate: 0.4 } });
    holdfast.chaos.enable();
    assert.equal(await send.execute(fine), 'fine');
  });

  it('30: nothing is drawn while it is off, and it switches itself off', async () => {
    const { clock, holdfast, send } = withChaos([0.1], { error: { rate: 1 } });
    assert.equal(await send.execute(fine), 'fine');
    holdfast.chaos.enable({ forMs: 1000 });
    await assert.rejects(send.execute(fine), ChaosError);
    await clock.advance(1000);
    assert.equal(await send.execute(fine), 'fine');
    holdfast.chaos.enable({ kinds: ['latency'] });
    assert.equal(await send.execute(fine), 'fine');
    holdfast.chaos.disable();
  });

  it('delays, times out and answers wrongly, through the policy as the real thing would', async () => {
    const { clock, holdfast, send } = withChaos([0, 0.5], { latency: { rate: 1, minMs: 50, maxMs: 100 } });
    holdfast.chaos.enable();
    const slow = send.execute(fine);
    await clock.advance(74);
    assert.equal(clock.nextWakeMs, 75);
    await clock.advance(1);
    assert.equal(await slow, 'fine');

    const timing = withChaos([0], { timeout: { rate: 1 } }, { timeout: { attemptMs: 30 } });
    timing.holdfast.chaos.enable();
    const result = timing.send.execute(fine);
    const seen = assert.rejects(result, TimeoutError);
    await timing.clock.advance(30);
    await seen;

    const wrong = withChaos([0], { result: { rate: 1, value: 42 } });
    wrong.holdfast.chaos.enable();
    assert.equal(await wrong.send.execute(async () => 7), 42);
  });

  it('sheds low priorities as the service degrades', async () => {
    const holdfast = createHoldfast({
      clock: manualClock(),
      engine,
      policies: { send: { shed: { degraded: 2, severelyDegraded: 4, emergency: 6 } } },
    });
    const send = holdfast.policy('send');
    const passes = async (priority: number) => (await send.executeOutcome(fine, { priority })).ok;
    assert.deepEqual([await passes(0), await passes(7)], [true, true]);
    holdfast.degradation.set('database', 'degraded');
    assert.deepEqual([await passes(1), await passes(2)], [false, true]);
    holdfast.degradation.set('cache', 'emergency');
    assert.deepEqual([await passes(5), await passes(6)], [false, true]);
    await assert.rejects(send.execute(fine), { code: 'HF_SHED', strategy: 'shed' });
    holdfast.degradation.set('cache', 'normal');
    holdfast.degradation.set('database', 'normal');
    assert.equal(await passes(0), true);
  });
});
