import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDwcp, policies } from '../../examples/dwcp.ts';
import { CircuitOpenError, LifecycleError } from '../../src/base/errors.ts';
import { ping } from '../../src/control/health/ping.ts';
import { createHoldfast } from '../../src/control/holdfast.ts';
import { constant } from '../../src/policy/backoff.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { seededRandom } from '../../src/testing/random.ts';

const MEMORY = { policies: 8, threads: 1, keys: 0 };

function given() {
  const clock = manualClock();
  const told: string[] = [];
  const part = (name: string) => ({ start: () => told.push(`+${name}`), stop: () => told.push(`-${name}`) });
  const line = { well: true };
  const dwcp = createDwcp(
    {
      transport: { ...part('transport'), ping: () => line.well || Promise.reject(new Error('no carrier')) },
      intelligence: part('intelligence'),
      coordination: part('coordination'),
      resilience: part('resilience'),
    },
    { clock, memory: MEMORY, random: seededRandom(7), health: { builtIn: false, intervalMs: 1_000 } },
  );
  return { clock, told, line, ...dwcp };
}

const boom = () => Promise.reject(new Error('boom'));

describe('the predecessor’s system', () => {
  it('starts core, intelligence, coordination and resilience, and stops them in reverse', async () => {
    const { holdfast, told } = given();
    await holdfast.start();
    await assert.rejects(holdfast.start(), { code: 'HF_ALREADY_STARTED' });
    await holdfast.stop();
    await holdfast.stop();
    assert.deepEqual(told.splice(0), [
      ...['+transport', '+intelligence', '+coordination', '+resilience'],
      ...['-resilience', '-coordination', '-intelligence', '-transport'],
    ]);
    await holdfast.start();
    assert.equal(told.length, 4);
    await holdfast.stop();
  });

  it('has its numbers in force', () => {
    const { holdfast } = given();
    const { send, consensus } = { send: holdfast.policy('send'), consensus: holdfast.policy('consensus') };
    assert.deepEqual([send.bulkhead?.limit, consensus.bulkhead?.limit], [100, 20]);
    assert.deepEqual([send.rateLimiter?.ratePerSecond, send.rateLimiter?.available], [1_000, 1_000]);
    assert.deepEqual(holdfast.policies, Object.keys(policies));
  });

  it('leaves the breaker closed and the budget whole after ten good operations', async () => {
    const { holdfast, run } = given();
    for (let call = 0; call < 10; call++) assert.equal(await run('send', () => 'sent'), 'sent');
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'closed');
    for (const name of ['send', 'system']) assert.equal(holdfast.policy(name).errorBudget?.remaining, 1);
  });

  it('lets failures reach the budgets of the work and of the system, which degrade, and recover', async () => {
    const { holdfast, run, clock } = given();
    for (let call = 0; call < 150; call++) {
      const end = run('sync', () => (call === 0 ? boom() : 'in step')).catch(() => 'failed');
      if (call === 0) await clock.advance(60_000);
      await end;
    }
    assert.equal(holdfast.policy('system').errorBudget?.exhausted, true);
    await clock.advance(1_000);
    assert.deepEqual(
      [holdfast.degradation.level('sync'), holdfast.degradation.level('system')],
      ['degraded', 'degraded'],
    );
    assert.equal(holdfast.degradation.level('send'), 'normal');
    await clock.advance(3_700_000);
    assert.equal(holdfast.degradation.level(), 'normal');
  });

  it('says by its checks that the transport is gone, and that too much fails', async () => {
    const { holdfast, run, clock, line } = given();
    const states = () => holdfast.health.status().checks.map(({ name, state }) => `${name} ${state}`);
    await holdfast.start();
    await clock.advance(0);
    assert.deepEqual(states(), ['transport-ping up', 'send-error-rate up', 'system-error-rate up']);
    line.well = false;
    const failing = run('send', boom).catch(() => {});
    await clock.advance(20_000);
    await failing;
    assert.deepEqual(states(), ['transport-ping down', 'send-error-rate down', 'system-error-rate down']);
    assert.equal(holdfast.health.status().ready, false);
    line.well = true;
    await clock.advance(1_000);
    assert.equal(states()[0], 'transport-ping up');
    await holdfast.stop();
  });

  it('rolls a start back that fails, refuses circles, and waits for work when it stops', async () => {
    const clock = manualClock();
    const told: string[] = [];
    const holdfast = createHoldfast({ clock, memory: MEMORY, policies: { work: {} } });
    holdfast.component({ name: 'a', start: () => told.push('+a'), stop: () => told.push('-a') });
    assert.throws(() => holdfast.component({ name: 'b', dependsOn: ['b'] }), { code: 'HF_BAD_OPTION' });
    let fails = true;
    holdfast.component({ name: 'b', phase: 1, start: () => (fails ? boom() : undefined) });
    await assert.rejects(holdfast.start(), LifecycleError);
    assert.deepEqual(told, ['+a', '-a']);
    fails = false;
    await holdfast.start();
    let done = false;
    const work = holdfast.policy('work').execute(async () => {
      await new Promise<void>((resolve) => clock.setTimer(2_000, resolve));
      done = true;
    });
    const stopped = holdfast.stop();
    await clock.advance(2_000);
    await Promise.all([work, stopped]);
    assert.ok(done);
  });
});

describe('the whole', () => {
  it('breaks in a cascade A → B → C, from the one that failed upwards, and mends from there', async () => {
    const clock = manualClock();
    const breaker = { circuitBreaker: { consecutiveFailures: 3, openMs: 1_000, halfOpen: { permits: 1 } } };
    // A refusal below is a failure above: that is what carries the news upwards.
    const upper = {
      ...breaker,
      isFailure: (outcome: { ok: boolean }) => !outcome.ok,
      isIgnored: () => false,
    };
    const holdfast = createHoldfast({ clock, memory: MEMORY, policies: { a: upper, b: upper, c: breaker } });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => holdfast.policy(name));
    let well = false;
    let reached = 0;
    const call = () =>
      a.execute(async () => {
        const answer = await b.executeOutcome(async () => {
          const inner = await c.executeOutcome(() => {
            reached++;
            return well ? 'served' : boom();
          });
          if (!inner.ok) throw new Error(`c: ${String(inner.error)}`);
          return inner.value;
        });
        if (!answer.ok) throw new Error(`b: ${String(answer.error)}`);
        return answer.value;
      });
    for (let turn = 0; turn < 3; turn++) await assert.rejects(call());
    assert.deepEqual(
      [a, b, c].map(({ circuitBreaker }) => circuitBreaker?.state),
      ['open', 'open', 'open'],
    );
    for (let turn = 0; turn < 100; turn++) await assert.rejects(call(), CircuitOpenError);
    assert.equal(reached, 3);
    well = true;
    await clock.advance(1_000);
    assert.equal(await call(), 'served');
    assert.deepEqual(
      [a, b, c].map(({ circuitBreaker }) => circuitBreaker?.state),
      ['closed', 'closed', 'closed'],
    );
  });

  it('serves more than four in five of 20 × 100 calls under chaos, and accounts for every one', async () => {
    const clock = manualClock();
    const holdfast = createHoldfast({
      clock,
      memory: MEMORY,
      random: seededRandom(42),
      policies: {
        work: {
          retry: { maxRetries: 3, backoff: constant({ baseMs: 5 }) },
          timeout: { attemptMs: 100 },
          bulkhead: { maxConcurrent: 10, maxQueue: 20 },
          chaos: {
            seed: 1,
            error: { rate: 0.2 },
            latency: { rate: 0.2, minMs: 1, maxMs: 20 },
            timeout: { rate: 0.02 },
          },
        },
      },
    });
    await holdfast.start();
    holdfast.chaos.enable();
    let served = 0;
    let failed = 0;
    const caller = async () => {
      for (let call = 0; call < 100; call++) {
        const { ok } = await holdfast.policy('work').executeOutcome(async () => {
          await new Promise<void>((resolve) => clock.setTimer(clock.now() + 1, resolve));
        });
        if (ok) served++;
        else failed++;
      }
    };
    const callers = Promise.all(Array.from({ length: 20 }, caller));
    for (let turn = 0; turn < 1_000 && served + failed < 2_000; turn++) await clock.advance(20);
    await callers;
    assert.equal(served + failed, 2_000);
    assert.ok(served > 1_600, `${served} served`);
    const [{ calls }] = holdfast.views();
    assert.deepEqual([calls.success, calls.failure + calls.rejected], [served, failed]);
    assert.equal(holdfast.policy('work').bulkhead?.active, 0);
    await holdfast.stop();
  });

  it('exhausts a bulkhead of three with five waiting, refuses the ninth, and serves all eight', async () => {
    const clock = manualClock();
    const policies = { work: { bulkhead: { maxConcurrent: 3, maxQueue: 5 } } };
    const holdfast = createHoldfast({ clock, memory: MEMORY, policies });
    holdfast.health.add(ping('queue', () => (holdfast.policy('work').bulkhead?.queued ?? 0) < 5));
    const work = holdfast.policy('work');
    let running = 0;
    let most = 0;
    const calls = Array.from({ length: 9 }, () =>
      work.executeOutcome(async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => clock.setTimer(clock.now() + 10, resolve));
        running--;
      }),
    );
    assert.deepEqual([work.bulkhead?.active, work.bulkhead?.queued], [3, 5]);
    assert.equal(
      (await holdfast.health.checkNow('queue')).checks.find(({ name }) => name === 'queue')?.state,
      'down',
    );
    await clock.advance(100);
    const ends = await Promise.all(calls);
    assert.deepEqual(
      ends.map(({ ok }) => ok),
      [...Array(8).fill(true), false],
    );
    assert.equal(most, 3);
    assert.deepEqual([work.bulkhead?.active, work.bulkhead?.queued], [0, 0]);
  });
});
