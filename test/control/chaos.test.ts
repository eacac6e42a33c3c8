import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChaosEnd } from '../../src/control/chaos-switch.ts';
import { given } from './given.ts';

const failing = { chaos: { error: { rate: 1 }, latency: { rate: 1, minMs: 50, maxMs: 50 } } };

function watched(options: Parameters<typeof given>[0]) {
  const scene = given(options);
  const told: string[] = [];
  scene.holdfast.chaos.on('began', ({ policy, kinds }) => told.push(`${policy} ${kinds.join('+')}`));
  scene.holdfast.chaos.on('ended', ({ policy, reason }) =>
    told.push(`${policy} ${reason satisfies ChaosEnd}`),
  );
  return { ...scene, told };
}

describe('a chaos experiment', () => {
  it('is off until it is enabled, and then only for what policy and request both name', async () => {
    const { holdfast, told } = watched({ policies: { a: failing, b: failing, c: {} } });
    assert.equal(await holdfast.policy('a').execute(() => 'fine'), 'fine');
    holdfast.chaos.enable({ policies: ['a', 'c'], kinds: ['error', 'result'] });
    await assert.rejects(
      holdfast.policy('a').execute(() => 'fine'),
      { code: 'HF_CHAOS' },
    );
    assert.equal(await holdfast.policy('b').execute(() => 'fine'), 'fine');
    assert.equal(await holdfast.policy('c').execute(() => 'fine'), 'fine');
    assert.deepEqual(told, ['a error']);
    holdfast.chaos.disable();
    assert.equal(await holdfast.policy('a').execute(() => 'fine'), 'fine');
    assert.deepEqual(told, ['a error', 'a off']);
  });

  it('ends by time, 15 minutes unless told otherwise', async () => {
    const { holdfast, clock, told } = watched({ policies: { a: failing } });
    holdfast.chaos.enable();
    assert.deepEqual(holdfast.chaos.experiments(), [
      { policy: 'a', kinds: ['latency', 'error'], forMs: 900_000, remainingMs: 900_000 },
    ]);
    await clock.advance(899_999);
    assert.equal(holdfast.chaos.experiments()[0].remainingMs, 1);
    await clock.advance(1);
    assert.deepEqual(told, ['a latency+error', 'a time']);
    assert.deepEqual(holdfast.chaos.experiments(), []);
    assert.equal(clock.pending, 0);
  });

  it('ends when it has cost more of the budget than it may', async () => {
    const { holdfast, clock, told } = watched({
      policies: {
        a: {
          chaos: { error: { rate: 1 }, abortWhen: { budgetBelow: 0.5 } },
          errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 10 },
        },
      },
    });
    holdfast.chaos.enable();
    for (let call = 0; call < 10; call++) {
      await holdfast
        .policy('a')
        .execute(() => 'fine')
        .catch(() => {});
    }
    assert.equal(await holdfast.policy('a').execute(() => 'fine'), 'fine');
    await clock.advance(250);
    assert.deepEqual(told, ['a error', 'a budget']);
  });

  it('ends with the runtime, with its policy, and with the next one', async () => {
    const { holdfast, clock, told } = watched({ policies: { a: failing, b: failing } });
    await holdfast.start();
    holdfast.chaos.enable({ kinds: ['error'] });
    holdfast.chaos.enable({ policies: ['a'], kinds: ['latency'], forMs: 60_000 });
    holdfast.remove('b');
    await clock.advance(250);
    await holdfast.stop();
    assert.deepEqual(told, ['a error', 'b error', 'a replaced', 'a latency', 'b removed', 'a shutdown']);
  });

  it('is an event for each injection', async () => {
    const { holdfast } = watched({ policies: { a: { chaos: { result: { rate: 1, value: 'odd' } } } } });
    const kinds: string[] = [];
    holdfast.policy('a').on('chaos', ({ kind }) => kinds.push(kind));
    holdfast.chaos.enable();
    assert.equal(await holdfast.policy('a').execute(() => 'fine'), 'odd');
    assert.equal(await holdfast.policy('a').execute(() => 'fine'), 'odd');
    assert.deepEqual(kinds, ['result', 'result']);
  });

  it('is refused for policies and kinds that there are not', () => {
    const { holdfast } = watched({ policies: { a: failing } });
    assert.throws(() => holdfast.chaos.enable({ policies: ['b'] }), /chaos.policies/);
    assert.throws(() => holdfast.chaos.enable({ kinds: ['fire' as never] }), /chaos.kinds/);
    assert.throws(() => holdfast.chaos.enable({ forMs: 0 }), /chaos.forMs/);
  });
});
