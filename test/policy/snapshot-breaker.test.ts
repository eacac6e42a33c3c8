import assert from 'node:assert/strict';
import { it } from 'node:test';
import { exponential } from '../../src/policy/backoff.ts';
import { policy } from '../../src/policy/make-policy.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { manualClock } from '../../src/testing/index.ts';
import { given, of, onBothEngines, pending } from '../support/given.ts';
import { restarted, run, stored } from './snapshot-scene.ts';

const WALL_MS = Date.UTC(2030, 0, 1);

onBothEngines('a snapshot of a circuit breaker', (engine) => {
  const options: PolicyOptions = {
    circuitBreaker: { consecutiveFailures: 3, openMs: 10_000, halfOpen: { permits: 1 } },
  };
  const breaker = ({ guarded }: { guarded: Policy }) => {
    assert.ok(guarded.circuitBreaker);
    return guarded.circuitBreaker;
  };

  it('says when it was taken, and what of', () => {
    const { guarded } = given(engine, options, { name: 'send' });
    const { version, name, takenAt, circuitBreaker } = stored(guarded);
    assert.deepEqual({ version, name, takenAt }, { version: 1, name: 'send', takenAt: WALL_MS });
    assert.equal(circuitBreaker?.state, 'closed');
  });

  it('keeps what is left of an open time, and the time down counts', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    await first.clock.advance(4_000);
    const again = restarted(engine, options, stored(first.guarded), 2_500);
    assert.equal(breaker(again).state, 'open');
    assert.equal(breaker(again).retryAfterMs, 3_500);
    await again.clock.advance(3_499);
    assert.equal(breaker(again).state, 'open');
    await again.clock.advance(1);
    assert.equal(breaker(again).state, 'half-open');
  });

  it('is half-open when the open time has ended meanwhile', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    const again = restarted(engine, options, stored(first.guarded), 10_000);
    assert.equal(breaker(again).state, 'half-open');
    assert.deepEqual(
      of(again, 'stateChange').map(({ from, to }) => [from, to]),
      [['closed', 'half-open']],
    );
    await run(again.guarded, 's');
    assert.equal(breaker(again).state, 'closed');
  });

  it('takes a negative time down for none', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    const again = restarted(engine, options, stored(first.guarded), -60_000);
    assert.equal(breaker(again).retryAfterMs, 10_000);
  });

  it('gives trials the whole open time, not what was left of it', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    const again = restarted(engine, options, stored(first.guarded), 9_990);
    await again.clock.advance(10);
    const trial = again.guarded.tryAcquire();
    assert.equal(trial.ok, true);
    await again.clock.advance(9_999);
    assert.equal(again.guarded.tryAcquire().ok, false, 'the trial is still waited for');
    await again.clock.advance(1);
    assert.equal(again.guarded.tryAcquire().ok, true);
  });

  it('keeps failures in a row', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'sff');
    const again = restarted(engine, options, stored(first.guarded), 3_600_000);
    assert.equal(breaker(again).state, 'closed');
    await run(again.guarded, 'f');
    assert.equal(breaker(again).state, 'open');
  });

  it('keeps a breaker that opens longer each time at where it was', async () => {
    const growing: PolicyOptions = {
      circuitBreaker: {
        consecutiveFailures: 1,
        openMs: exponential({ baseMs: 1_000, maxMs: 60_000, jitter: 'none' }),
        halfOpen: { permits: 1 },
      },
    };
    const first = given(engine, growing);
    await run(first.guarded, 'f');
    await first.clock.advance(1_000);
    await run(first.guarded, 'f');
    await first.clock.advance(2_000);
    const again = restarted(engine, growing, stored(first.guarded), 0);
    assert.equal(breaker(again).state, 'half-open');
    await run(again.guarded, 'f');
    assert.equal(breaker(again).retryAfterMs, 4_000);
  });

  it('begins a new generation: what was admitted before changes nothing when it ends', async () => {
    const scene = given(engine, options);
    const [slow, slower] = [pending(), pending()];
    const answers = [slow, slower].map(({ operation }) => scene.guarded.executeOutcome(operation));
    await run(scene.guarded, 'ff');
    scene.guarded.restore(stored(scene.guarded));
    slow.reject(new Error('late'));
    slower.reject(new Error('later'));
    await Promise.all(answers);
    assert.equal(breaker(scene).state, 'closed');
    await run(scene.guarded, 'f');
    assert.equal(breaker(scene).state, 'open', 'the two before the snapshot counted');
  });

  it('voids trials that were under way', async () => {
    const scene = given(engine, options);
    await run(scene.guarded, 'fff');
    await scene.clock.advance(10_000);
    const trial = scene.guarded.tryAcquire();
    assert.ok(trial.ok);
    const halfOpen = stored(scene.guarded);
    assert.equal(halfOpen.circuitBreaker?.state, 'half-open');
    scene.guarded.restore(halfOpen);
    trial.settle('success');
    assert.equal(breaker(scene).state, 'half-open');
    assert.equal(scene.guarded.tryAcquire().ok, true, 'its place is free');
  });

  it('keeps the mode, and tells of an isolation without putting it back', async () => {
    const first = given(engine, options);
    breaker(first).metricsOnly();
    await run(first.guarded, 'fffff');
    const watched = restarted(engine, options, stored(first.guarded), 0);
    assert.equal(breaker(watched).state, 'metrics-only');
    assert.equal(breaker(watched).counts.failures, 5);
    breaker(first).disable();
    assert.equal(breaker(restarted(engine, options, stored(first.guarded), 0)).state, 'disabled');
    breaker(first).close();
    breaker(first).isolate();
    const isolated = stored(first.guarded);
    assert.equal(isolated.circuitBreaker?.isolated, true);
    assert.equal(isolated.circuitBreaker?.state, 'closed');
    assert.equal(breaker(restarted(engine, options, isolated, 0)).state, 'closed');
  });

  it('leaves an isolation in force that the policy is under', async () => {
    const scene = given(engine, options);
    await run(scene.guarded, 'fff');
    const open = stored(scene.guarded);
    breaker(scene).close();
    const release = breaker(scene).isolate();
    scene.guarded.restore(open);
    assert.equal(breaker(scene).state, 'isolated');
    release();
    assert.equal(breaker(scene).state, 'open');
  });

  it('keeps counts, while closed and those an open one was closed with', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fsf');
    const { total, failures } = breaker(restarted(engine, options, stored(first.guarded), 99)).counts;
    assert.deepEqual({ total, failures }, { total: 3, failures: 2 });
    await run(first.guarded, 'ff');
    first.guarded.tryAcquire();
    assert.deepEqual(breaker(first).counts.total, 5);
    assert.equal(breaker(first).state, 'open');
    const again = restarted(engine, options, stored(first.guarded), 99);
    assert.deepEqual(breaker(again).counts, breaker(first).counts);
    assert.equal(breaker(again).counts.rejected, 1);
  });

  it('shows nothing of what the policy had counted before itself', async () => {
    const empty = stored(given(engine, options).guarded);
    const scene = given(engine, options);
    await run(scene.guarded, 'ff');
    const open = given(engine, options);
    await run(open.guarded, 'fff');
    scene.guarded.restore(stored(open.guarded));
    assert.equal(breaker(scene).counts.total, 3);
    scene.guarded.restore(empty);
    assert.equal(breaker(scene).counts.total, 0);
  });

  it('shows no counts of trials that had failed, nor of a time that is over', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    await first.clock.advance(10_000);
    await run(first.guarded, 'f');
    const reopened = stored(first.guarded);
    assert.equal(reopened.circuitBreaker?.state, 'open');
    assert.equal(reopened.circuitBreaker?.reopens, 1);
    assert.equal(reopened.circuitBreaker?.window, undefined);
    const again = restarted(engine, options, reopened, 1_000);
    assert.equal(breaker(again).retryAfterMs, 9_000);
    assert.equal(breaker(again).counts.total, 0);
    await first.clock.advance(10_000);
    const over = stored(first.guarded).circuitBreaker;
    assert.deepEqual([over?.state, over?.remainingMs, over?.window], ['half-open', undefined, undefined]);
  });

  it('keeps what was ignored, and refused', async () => {
    const ignoring: PolicyOptions = { ...options, isIgnored: ({ ok }) => ok };
    const first = given(engine, ignoring);
    await run(first.guarded, 'ssf');
    const { ignored, total } = breaker(restarted(engine, ignoring, stored(first.guarded), 0)).counts;
    assert.deepEqual({ ignored, total }, { ignored: 2, total: 1 });
  });

  it('tells listeners of the state it puts back', async () => {
    const first = given(engine, options);
    await run(first.guarded, 'fff');
    const again = restarted(engine, options, stored(first.guarded), 0);
    assert.deepEqual(
      of(again, 'stateChange').map(({ from, to }) => [from, to]),
      [['closed', 'open']],
    );
  });

  it('goes on with a ramp where it was, and begins none', async () => {
    const ramping: PolicyOptions = {
      circuitBreaker: {
        consecutiveFailures: 1,
        openMs: 1_000,
        halfOpen: { permits: 1 },
        ramp: { ms: 10_000 },
      },
    };
    const admits = (guarded: Policy) => guarded.tryAcquire().ok;
    const given = (draw: number, wallMs: number) =>
      policy(ramping, { engine, random: () => draw, clock: manualClock({ wallMs }) });
    const healthy = given(0.99, WALL_MS);
    healthy.restore(stored(healthy));
    assert.equal(admits(healthy), true, 'it never was open');
    const clock = manualClock();
    const first = policy(ramping, { engine, clock, random: () => 0 });
    await run(first, 'f');
    await clock.advance(1_000);
    await run(first, 's');
    await clock.advance(2_000);
    const taken = stored(first);
    for (const [draw, downMs, admitted] of [
      [0.27, 0, true],
      [0.29, 0, false],
      [0.54, 3_000, true],
      [0.56, 3_000, false],
      [0.99, 8_000, true],
    ] as const) {
      const again = given(draw, taken.takenAt + downMs);
      again.restore(taken);
      assert.equal(admits(again), admitted, `draw ${draw} after ${downMs} ms`);
    }
  });
});
