import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ping } from '../../src/control/health/ping.ts';
import { given } from './given.ts';

const tight = { errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 4 } };
const fails = () => Promise.reject(new Error('boom'));

describe('degradation', () => {
  it('is as bad as its worst component', () => {
    const { holdfast } = given();
    const { degradation } = holdfast;
    degradation.set('search', 'degraded');
    degradation.set('mail', 'severelyDegraded');
    assert.deepEqual([degradation.level(), degradation.level('search')], ['severelyDegraded', 'degraded']);
    degradation.set('mail', 'normal');
    assert.equal(degradation.level(), 'degraded');
    assert.throws(() => degradation.set('mail', 'bad' as never), /normal, degraded/);
  });

  it('chooses the work given nearest below its level', () => {
    const { degradation } = given().holdfast;
    const work = { normal: () => 'normal', severelyDegraded: () => 'severe' };
    assert.equal(degradation.select(work), 'normal');
    degradation.set('search', 'degraded');
    assert.equal(degradation.select(work), 'normal');
    degradation.set('search', 'severelyDegraded');
    assert.equal(degradation.select(work), 'severe');
    degradation.set('search', 'emergency');
    assert.throws(() => degradation.select(work), { code: 'HF_EMERGENCY' });
  });

  it('is driven by a budget: exhausted → degraded, recovered → normal, without calls too', async () => {
    const { holdfast, clock } = given({ policies: { send: tight } });
    const moves: string[] = [];
    holdfast.degradation.on('change', ({ component, from, to }) =>
      moves.push(`${component}: ${from} → ${to}`),
    );
    const driving = holdfast.degradation.drive('sending', { budget: 'send' });
    for (let call = 0; call < 4; call++)
      await holdfast
        .policy('send')
        .execute(fails)
        .catch(() => {});
    assert.equal(holdfast.degradation.level('sending'), 'degraded');
    await clock.advance(120_000);
    assert.equal(holdfast.degradation.level('sending'), 'normal');
    assert.deepEqual(moves, ['sending: normal → degraded', 'sending: degraded → normal']);
    driving.dispose();
    assert.equal(clock.pending, 0);
  });

  it('is driven by a check, as far as it is told', async () => {
    const { holdfast, clock } = given({ health: { builtIn: false, intervalMs: 100, failureThreshold: 1 } });
    let well = true;
    holdfast.health.add(ping('search', () => well));
    holdfast.degradation.drive('search', { check: 'search', level: 'emergency' });
    await holdfast.start();
    await clock.advance(0);
    assert.equal(holdfast.degradation.level('search'), 'normal');
    well = false;
    await clock.advance(100);
    assert.equal(holdfast.degradation.level(), 'emergency');
    well = true;
    await clock.advance(100);
    assert.equal(holdfast.degradation.level(), 'normal');
    await holdfast.stop();
  });

  it('is driven by what there is, and by one thing at a time', () => {
    const { degradation } = given({ policies: { send: tight, plain: {} } }).holdfast;
    assert.throws(() => degradation.drive('a', {}), /degradation.drive\(a\).budget/);
    assert.throws(() => degradation.drive('a', { budget: 'plain' }), /policies with an errorBudget/);
    assert.throws(() => degradation.drive('a', { budget: 'sent' }), { code: 'HF_UNKNOWN_POLICY' });
    assert.throws(
      () => degradation.drive('a', { budget: 'send', level: 'normal' as never }),
      /drive\(a\).level/,
    );
    degradation.drive('a', { budget: 'send' }).dispose();
    degradation.drive('a', { budget: 'send' });
    assert.throws(() => degradation.drive('a', { budget: 'send' }), /nothing drives yet/);
  });

  it('sheds calls of low priority', async () => {
    const { holdfast } = given({ policies: { send: { shed: {} } } });
    const send = (priority: number) => holdfast.policy('send').execute(() => 'sent', { priority });
    holdfast.degradation.set('mail', 'degraded');
    await assert.rejects(send(1), { code: 'HF_SHED' });
    assert.equal(await send(2), 'sent');
  });
});
