import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { given, names, onBothEngines, pending } from '../support/given.ts';
import { restarted, run, stored } from './snapshot-scene.ts';

onBothEngines('a snapshot of windows', (engine) => {
  it('keeps the calls of a time window, each with its age', async () => {
    const options: PolicyOptions = {
      circuitBreaker: { window: { ms: 10_000 }, failureRate: 0.5, minCalls: 4 },
    };
    const first = given(engine, options);
    await run(first.guarded, 'ff');
    await first.clock.advance(5_000);
    await run(first.guarded, 's');
    const taken = stored(first.guarded);
    const soon = restarted(engine, options, taken, 1_000);
    assert.equal(soon.guarded.circuitBreaker?.counts.total, 3);
    await run(soon.guarded, 's');
    assert.equal(soon.guarded.circuitBreaker?.state, 'open');
    const late = restarted(engine, options, taken, 6_000);
    const { total, failures } = late.guarded.circuitBreaker?.counts ?? {};
    assert.deepEqual({ total, failures }, { total: 1, failures: 0 });
    await late.clock.advance(5_000);
    assert.equal(late.guarded.circuitBreaker?.counts.total, 0);
    assert.equal(restarted(engine, options, taken, 86_400_000).guarded.circuitBreaker?.counts.total, 0);
  });

  it('lets a success be the call that makes restored failures enough, however long the process has run', async () => {
    const options: PolicyOptions = {
      circuitBreaker: { window: { ms: 10_000 }, failureRate: 0.5, minCalls: 4 },
    };
    const first = given(engine, options);
    await run(first.guarded, 'ff');
    const again = given(engine, options, { name: 'again' });
    await again.clock.advance(60_000);
    again.guarded.restore({ ...stored(first.guarded), takenAt: again.clock.wallMs() });
    await run(again.guarded, 's');
    assert.equal(again.guarded.circuitBreaker?.state, 'closed');
    await run(again.guarded, 's');
    assert.equal(again.guarded.circuitBreaker?.state, 'open');
  });

  it('keeps the calls of a count window in their order', async () => {
    const options: PolicyOptions = {
      circuitBreaker: { window: { calls: 4 }, failureRate: 0.9, minCalls: 4 },
    };
    const first = given(engine, options);
    await run(first.guarded, 'ssffsff');
    const again = restarted(engine, options, stored(first.guarded), 3_600_000);
    assert.equal(again.guarded.circuitBreaker?.counts.failures, 3);
    await run(again.guarded, 'f');
    assert.equal(again.guarded.circuitBreaker?.counts.failures, 3, 'the oldest, a failure, has gone');
    await run(again.guarded, 'f');
    assert.equal(again.guarded.circuitBreaker?.state, 'open');
  });

  it('keeps durations and slow calls', async () => {
    for (const window of [{ calls: 10 }, { ms: 10_000 }]) {
      const options: PolicyOptions = {
        circuitBreaker: { window, failureRate: 1, slowCall: { ms: 100, rate: 1 }, minCalls: 5 },
      };
      const first = given(engine, options);
      for (const ms of [40, 150, 200]) {
        const slow = pending();
        const answer = first.guarded.execute(slow.operation);
        await first.clock.advance(ms);
        slow.resolve('');
        await answer;
      }
      const again = restarted(engine, options, stored(first.guarded), 0);
      const { total, slow, durationMs } = again.guarded.circuitBreaker?.counts ?? {};
      assert.deepEqual(
        { total, slow, durationMs: Math.round(durationMs ?? 0) },
        { total: 3, slow: 2, durationMs: 390 },
      );
    }
  });

  it("keeps an open breaker's window as it was when it opened", async () => {
    const options: PolicyOptions = {
      circuitBreaker: { window: { ms: 10_000 }, minCalls: 2, failureRate: 0.5, openMs: 60_000 },
    };
    const first = given(engine, options);
    await run(first.guarded, 'ff');
    await first.clock.advance(20_000);
    const again = restarted(engine, options, stored(first.guarded), 10_000);
    assert.equal(again.guarded.circuitBreaker?.counts.failures, 2);
    assert.equal(again.guarded.circuitBreaker?.retryAfterMs, 30_000);
  });

  it('leaves the window empty when the policy has one of another kind', async () => {
    const first = given(engine, { circuitBreaker: { window: { calls: 10 }, failureRate: 1, minCalls: 5 } });
    await run(first.guarded, 'ff');
    const again = restarted(
      engine,
      { circuitBreaker: { window: { ms: 9_000 }, failureRate: 1, minCalls: 5 } },
      stored(first.guarded),
      0,
    );
    assert.equal(again.guarded.circuitBreaker?.counts.total, 0);
  });

  it('keeps the error budget, each count until its window is over', async () => {
    for (const windowMs of [3_600_000, 90_000, 86_400_000]) {
      const options: PolicyOptions = { errorBudget: { objective: 0.9, windowMs, minCalls: 5 } };
      const first = given(engine, options);
      await run(first.guarded, 'ffssssssss');
      await first.clock.advance(windowMs / 2);
      await run(first.guarded, 'ssssssssss');
      const taken = stored(first.guarded);
      const soon = restarted(engine, options, taken, windowMs / 4);
      assert.ok(Math.abs((soon.guarded.errorBudget?.allowedFailures ?? 0) - 2) < 1e-9);
      assert.equal(soon.guarded.errorBudget?.exhausted, true);
      assert.ok(names(soon).includes('exhausted'));
      const late = restarted(engine, options, taken, windowMs * 0.6);
      assert.ok(Math.abs((late.guarded.errorBudget?.allowedFailures ?? 0) - 1) < 1e-9);
      assert.equal(late.guarded.errorBudget?.remaining, 1);
      assert.ok(!names(late).includes('exhausted'));
      const idle = restarted(engine, options, taken, windowMs * 2);
      assert.equal(idle.guarded.errorBudget?.allowedFailures, 0);
    }
  });

  it('fits a budget of another window, and buckets in any order', async () => {
    const options = (windowMs: number): PolicyOptions => ({
      errorBudget: { objective: 0.5, windowMs, minCalls: 1 },
    });
    const [fine, coarse] = [options(3_600_000), options(86_400_000)];
    for (const [from, to] of [
      [fine, coarse],
      [coarse, fine],
    ]) {
      const first = given(engine, from);
      await run(first.guarded, 'ffs');
      await first.clock.advance(40_000);
      await run(first.guarded, 's');
      const taken = stored(first.guarded);
      assert.equal(restarted(engine, to, taken, 0).guarded.errorBudget?.allowedFailures, 2);
      const { recent = [], window = recent } = taken.errorBudget ?? {};
      // As old as the ring is long: it must not push out what lies in its place now.
      recent.push([21_600_000, 9, 9]);
      window.push([86_400_000, 9, 9]);
      assert.equal(restarted(engine, from, taken, 0).guarded.errorBudget?.allowedFailures, 2);
    }
  });

  it('knows ages on a clock that has gone back', async () => {
    const options: PolicyOptions = { errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 1 } };
    const first = given(engine, options);
    first.clock.set(9_000_000);
    await run(first.guarded, 'fs');
    first.clock.set(1_000_000);
    await run(first.guarded, 'ss');
    await first.clock.advance(1_800_000);
    const kept = first.guarded.errorBudget?.allowedFailures;
    const taken = stored(first.guarded);
    const now = restarted(engine, options, taken, 0);
    assert.equal(now.guarded.errorBudget?.allowedFailures, kept);
    assert.equal(restarted(engine, options, taken, 1_900_000).guarded.errorBudget?.allowedFailures, 0);
    assert.ok(taken.errorBudget?.recent.every(([ageMs]) => ageMs >= 1_790_000 && ageMs <= 1_800_000));
  });

  it('lets a budget run out in its time however often the process is restarted', async () => {
    const options: PolicyOptions = { errorBudget: { objective: 0.9, windowMs: 1_200_000, minCalls: 1 } };
    const first = given(engine, options);
    await run(first.guarded, 'fs');
    let taken = stored(first.guarded);
    for (let restart = 0; restart < 11; restart++) {
      const next = restarted(engine, options, taken, 90_000);
      await next.clock.advance(10_000);
      assert.ok((next.guarded.errorBudget?.allowedFailures ?? 0) > 0, `restart ${restart}`);
      taken = stored(next.guarded);
    }
    const last = restarted(engine, options, taken, 200_000);
    assert.equal(last.guarded.errorBudget?.allowedFailures, 0);
  });

  it('puts budgets in place of what was counted, and keeps burn rates', async () => {
    const options: PolicyOptions = { errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 1 } };
    const first = given(engine, options);
    await run(first.guarded, 'fs');
    await first.clock.advance(600_000);
    await run(first.guarded, 'ss');
    const scene = given(engine, options);
    await run(scene.guarded, 'ffffffff');
    scene.guarded.restore(stored(first.guarded));
    assert.equal(scene.guarded.errorBudget?.consumed, 0.5);
    assert.equal(scene.guarded.errorBudget?.burnRate(300_000), 0);
    assert.equal(scene.guarded.errorBudget?.burnRate(3_600_000), 0.5);
    assert.deepEqual(
      names(scene).filter((name) => name === 'exhausted' || name === 'recovered'),
      ['exhausted', 'recovered'],
    );
  });

  it('keeps what the throttle and the retry budget have counted', async () => {
    const options: PolicyOptions = {
      throttle: { k: 1, windowMs: 24_000, maxRejection: 1 },
      retry: { maxRetries: 1, backoff: () => 0, budget: { ratio: 0, minPerSecond: 0.1 } },
    };
    const settings = { random: () => 0.5 };
    const first = given(engine, options, settings);
    await run(first.guarded, 'f');
    const taken = stored(first.guarded);
    assert.deepEqual(
      taken.throttle?.map(([, ...counts]) => counts),
      [[2, 0]],
    );
    assert.deepEqual(
      taken.retryBudget?.map(([, ...counts]) => counts),
      [[1, 1]],
    );
    const again = restarted(engine, options, taken, 2_000);
    assert.deepEqual(
      again.guarded.snapshot().throttle?.map(([, ...counts]) => counts),
      [[2, 0]],
    );
    const late = restarted(engine, options, taken, 26_000).guarded.snapshot();
    assert.deepEqual([late.throttle, late.retryBudget], [[], []]);
  });
});
