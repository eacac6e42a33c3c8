// Policies that are gone: disposed of, or removed by their name, while somebody still uses them.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, policy } from '../../src/index.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, type Engine, fine, given, onBothEngines, pending, settled } from '../support/given.ts';
import { EVERYTHING, errorOf } from './bad-days.ts';

/** Everything that changes a policy, or asks it. */
const USES: ((guarded: Policy) => unknown)[] = [
  (guarded) => guarded.tryAcquire(),
  (guarded) => guarded.update({ bulkhead: { maxConcurrent: 3 } }),
  (guarded) => guarded.snapshot(),
  (guarded) => guarded.restore({ version: 1, name: '', takenAt: 0 }),
  (guarded) => guarded.circuitBreaker?.open(),
  (guarded) => guarded.circuitBreaker?.close(),
  (guarded) => guarded.circuitBreaker?.isolate(),
  (guarded) => guarded.circuitBreaker?.disable(),
  (guarded) => guarded.circuitBreaker?.metricsOnly(),
  (guarded) => guarded.errorBudget?.record(false),
];

const removable = (engine: Engine) => {
  const clock = manualClock();
  const holdfast = createHoldfast({
    clock,
    engine,
    memory: { policies: 1, keys: 0 },
    policies: { send: { ...EVERYTHING, rateLimiter: undefined } },
  });
  return { clock, holdfast, guarded: holdfast.policy('send') };
};

onBothEngines('a policy that was disposed of', (engine) => {
  it('refuses whoever comes with a TypeError, and says its name', async () => {
    for (const [options, name] of [
      [EVERYTHING, 'send'],
      [{ circuitBreaker: { consecutiveFailures: 1 } }, ''],
    ] as const) {
      const guarded = policy(options, { engine, name });
      guarded.dispose();
      guarded.dispose();
      let begun = 0;
      for (const call of [guarded.execute(() => begun++), guarded.acquire()]) {
        const error = await errorOf(call);
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /^(send|policy): it was disposed of/);
      }
      const outcome = await guarded.executeOutcome(() => begun++);
      assert.ok(!outcome.ok && outcome.error instanceof TypeError);
      assert.throws(() => guarded.tryAcquire(), TypeError);
      assert.equal(begun, 0);
    }
  });

  it('lets nobody reach the one that has its memory now', async () => {
    const options = { ...EVERYTHING, circuitBreaker: { consecutiveFailures: 2 } };
    const old = policy(options, { engine });
    const held = old.tryAcquire();
    const isolation = old.circuitBreaker?.isolate();
    const late = pending();
    old.circuitBreaker?.close();
    isolation?.();
    const call = old.execute(late.operation);
    old.dispose();
    const young = policy(options, { engine });
    for (const use of USES) assert.throws(() => use(old), TypeError);
    isolation?.();
    assert.ok(held.ok);
    held.settle('failure');
    late.reject(new Error('late'));
    assert.equal(((await errorOf(call)) as Error).message, 'late');
    await errorOf(old.execute(boom));
    const { circuitBreaker, bulkhead, errorBudget, rateLimiter } = young;
    assert.deepEqual(
      [circuitBreaker?.counts.total, bulkhead?.active, errorBudget?.allowedFailures, rateLimiter?.available],
      [0, 0, 0, 1000],
    );
    assert.equal(young.circuitBreaker?.state, 'closed');
    young.dispose();
  });

  it('sends away who waits in line, for a slot, for permits or for another try', async () => {
    const { guarded, clock } = given(engine, {
      bulkhead: { maxConcurrent: 1, maxQueue: 9 },
      retry: { backoff: () => 100 },
      rateLimiter: { permitsPerSecond: 1, burst: 5, maxWaitMs: 60_000 },
      fallback: undefined,
    });
    const retrying = guarded.execute(boom);
    const seen = errorOf(retrying);
    await clock.advance(0);
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const waiting = [guarded.execute(fine), guarded.acquire(), guarded.execute(fine, { permits: 5 })];
    assert.equal(guarded.bulkhead?.queued, 3);
    const errors = Promise.all(waiting.map(errorOf));
    guarded.dispose();
    for (const error of await errors) assert.ok(error instanceof TypeError);
    await clock.advance(100);
    assert.equal(((await seen) as Error).message, 'boom');
    slow.resolve('under way');
    assert.equal(await running, 'under way');
    assert.equal(clock.pending, 0);
  });

  it('is disposed of by `using`', () => {
    const guarded = policy({}, { engine });
    guarded[Symbol.dispose]();
    assert.throws(() => guarded.tryAcquire(), TypeError);
  });
});

onBothEngines('a policy that was removed', (engine) => {
  it('is known to nobody any more, not even to who still holds it', async () => {
    const { holdfast, guarded } = removable(engine);
    assert.equal(holdfast.remove('send'), true);
    assert.equal(holdfast.remove('send'), false);
    assert.throws(() => holdfast.policy('send'), { code: 'HF_UNKNOWN_POLICY' });
    const wanted = { code: 'HF_UNKNOWN_POLICY', policy: 'send' };
    for (const use of USES.slice(0, -1)) assert.throws(() => use(guarded), wanted);
    await assert.rejects(guarded.execute(fine), wanted);
    await assert.rejects(guarded.acquire(), wanted);
    const outcome = await guarded.executeOutcome(fine);
    assert.ok(!outcome.ok && (outcome.error as { code: string }).code === wanted.code);
  });

  it('sends away who waits, lets end who runs, and its slot is used again', async () => {
    const { holdfast, guarded, clock } = removable(engine);
    const slow = [pending(), pending()];
    const running = slow.map(({ operation }) => guarded.execute(operation));
    const waiting = guarded.execute(fine);
    const seen = assert.rejects(waiting, { code: 'HF_UNKNOWN_POLICY' });
    holdfast.remove('send');
    await seen;
    const next = holdfast.define('next', { bulkhead: { maxConcurrent: 1 } });
    slow[0].resolve('late');
    slow[1].reject(new Error('late'));
    assert.equal(await running[0], 'late');
    assert.deepEqual(await settled(running[1]), { error: new Error('late') });
    assert.equal(next.bulkhead?.active, 0);
    assert.equal(await next.execute(fine), 'fine');
    assert.equal(clock.pending, 0);
    await holdfast.stop();
  });

  it('may be defined again under its name, and is another one', async () => {
    const { holdfast, guarded } = removable(engine);
    holdfast.remove('send');
    const again = holdfast.define('send', { circuitBreaker: { consecutiveFailures: 1 } });
    await assert.rejects(guarded.execute(boom), { code: 'HF_UNKNOWN_POLICY' });
    assert.equal(again.circuitBreaker?.state, 'closed');
    assert.equal(holdfast.policy('send'), again);
  });
});
