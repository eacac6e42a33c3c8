import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { ChaosSwitch } from '../../src/control/chaos-switch.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { given } from './given.ts';

const failing = { chaos: { error: { rate: 1 } } };
const striking = { chaos: { killWorker: { rate: 1 }, block: { rate: 1, ms: 1 }, error: { rate: 1 } } };
const fragile = {
  chaos: { error: { rate: 1 }, abortWhen: { budgetBelow: 0.5 } },
  errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
};

function scene(policies: Record<string, object>) {
  const found = given({ policies });
  const ends: string[] = [];
  found.holdfast.chaos.on('ended', ({ policy, reason }) => ends.push(`${policy} ${reason}`));
  const call = (name: string) =>
    found.holdfast
      .policy(name)
      .execute(() => 'fine')
      .catch((error) => error.code);
  return { ...found, ends, call };
}

describe('an experiment', () => {
  it('is told to who listens and to the channel, when it begins and when it ends', async () => {
    const { holdfast } = scene({ a: failing });
    const heard: unknown[] = [];
    holdfast.chaos.on('began', (facts) => heard.push(facts));
    holdfast.chaos.on('ended', (facts) => heard.push(facts));
    const messages: unknown[] = [];
    const hear = (message: unknown) => void messages.push(message);
    subscribe('holdfast:chaos', hear);
    holdfast.chaos.enable({ forMs: 1_000 });
    holdfast.chaos.disable();
    unsubscribe('holdfast:chaos', hear);
    const facts = { policy: 'a', kinds: ['error'], forMs: 1_000 };
    assert.deepEqual(heard, [facts, { ...facts, reason: 'off' }]);
    assert.deepEqual(messages, [
      { event: 'began', ...facts },
      { event: 'ended', ...facts, reason: 'off' },
    ]);
  });

  it('ends for calls and for who asks at the same moment', async () => {
    const { holdfast, clock, ends, call } = scene({ a: failing });
    holdfast.chaos.enable({ forMs: 100 });
    await clock.advance(99);
    assert.equal(await call('a'), 'HF_CHAOS');
    assert.deepEqual(ends, []);
    await clock.advance(1);
    assert.deepEqual([await call('a'), ends], ['fine', ['a time']]);
  });

  it('is over for who asks, though no timer has come round', () => {
    const { holdfast, clock, ends } = scene({ a: failing });
    holdfast.chaos.enable({ forMs: 100 });
    clock.set(clock.now() + 100);
    assert.deepEqual([holdfast.chaos.experiments(), ends], [[], ['a time']]);
  });

  it('of several ends each at its own time', async () => {
    const { holdfast, clock, ends } = scene({ a: failing, b: failing });
    holdfast.chaos.enable({ policies: ['a'], forMs: 300 });
    await clock.advance(10);
    holdfast.chaos.enable({ policies: ['b'], forMs: 100 });
    assert.equal(clock.nextWakeMs, clock.now() + 100);
    await clock.advance(100);
    assert.deepEqual(ends, ['b time']);
    await clock.advance(190);
    assert.deepEqual([ends, clock.pending], [['b time', 'a time'], 0]);
  });

  it('that a budget ended is seen to have ended within a quarter of a second', async () => {
    const { holdfast, clock, ends, call } = scene({ a: fragile });
    holdfast.chaos.enable();
    assert.equal(clock.nextWakeMs, clock.now() + 250);
    for (let calls = 0; calls < 3; calls++) await call('a');
    await clock.advance(249);
    assert.deepEqual(ends, []);
    await clock.advance(1);
    assert.deepEqual([ends, clock.pending], [['a budget'], 0]);
  });

  it('of a policy that is removed is over, and one of the same name begins without', async () => {
    const { holdfast, ends, call } = scene({ a: failing });
    holdfast.chaos.enable();
    holdfast.remove('a');
    holdfast.define('a', failing);
    assert.equal(await call('a'), 'fine');
    holdfast.chaos.enable();
    assert.equal(await call('a'), 'HF_CHAOS');
    assert.deepEqual(ends, ['a replaced']);
    assert.deepEqual(
      holdfast.chaos.experiments().map(({ policy }) => policy),
      ['a'],
    );
  });

  it('of a policy whose row has been given to another one leaves that one alone', async () => {
    const { holdfast, clock, ends, call } = scene({ a: failing });
    holdfast.chaos.enable({ policies: ['a'] });
    holdfast.remove('a');
    holdfast.define('b', failing);
    holdfast.chaos.enable({ policies: ['b'] });
    await clock.advance(250);
    assert.deepEqual(ends, ['a removed']);
    assert.equal(await call('b'), 'HF_CHAOS');
  });

  it('ends when all are switched off, and what another hand has switched on with it', async () => {
    const { holdfast, clock, ends, call } = scene({ a: failing, b: failing });
    holdfast.chaos.enable({ policies: ['a'] });
    const other = new ChaosSwitch(() => new Map([['b', holdfast.policy('b')]]), clock);
    other.enable();
    assert.equal(await call('b'), 'HF_CHAOS');
    holdfast.chaos.disable();
    assert.deepEqual([await call('a'), await call('b')], ['fine', 'fine']);
    assert.deepEqual(ends, ['a off']);
    await clock.advance(250);
    assert.equal(clock.pending, 0);
  });

  it('names among what a policy allows, in its own order', () => {
    const { holdfast } = scene({ a: striking, plain: {} });
    holdfast.chaos.enable({ kinds: ['block', 'latency', 'error'] });
    assert.deepEqual(
      holdfast.chaos.experiments().map(({ policy, kinds }) => [policy, ...kinds]),
      [['a', 'block', 'error']],
    );
  });

  it('is refused for what is no policy, no kind and no time, and none begins', () => {
    const { holdfast } = scene({ a: failing, b: failing });
    const refused = (request: object, text: RegExp) =>
      assert.throws(() => holdfast.chaos.enable(request as never), text);
    refused(
      { policies: ['a', 7] },
      /chaos.policies: expected names of policies, as a, b \(at chaos.policies\[1\]\)/,
    );
    refused({ policies: ['a', 'c'] }, /chaos.policies: expected names of policies, as a, b/);
    refused({ kinds: ['error', 'fire'] }, /chaos.kinds: expected kinds among latency, error/);
    refused({ forMs: -1 }, /chaos.forMs/);
    refused({ policy: ['a'] }, /did you mean "policies"/);
    assert.deepEqual(holdfast.chaos.experiments(), []);
  });
});

describe('threads', () => {
  /** A switch, and what threads are told by it. */
  function switched() {
    const { holdfast, clock } = given({ policies: { mild: failing, hard: striking } });
    const told: boolean[] = [];
    const policies = () =>
      new Map(holdfast.policies.map((name): [string, Policy] => [name, holdfast.policy(name)]));
    return { clock, told, chaos: new ChaosSwitch(policies, clock, (struck) => told.push(struck)) };
  }

  it('are struck while there is an experiment that does so, among others', async () => {
    for (const kind of ['killWorker', 'block'] as const) {
      const { clock, told, chaos } = switched();
      chaos.enable({ policies: ['mild'] });
      assert.deepEqual(told.splice(0), [false]);
      chaos.enable({ policies: ['hard'], kinds: [kind, 'error'], forMs: 100 });
      assert.deepEqual(told.splice(0), [true]);
      await clock.advance(100);
      assert.deepEqual(told.splice(0), [false]);
      assert.equal(chaos.experiments().length, 1);
    }
  });
});
