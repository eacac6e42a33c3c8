// What a snapshot says of a policy: all of what it has, and nothing of what it has not.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BREAKER_REOPENS, BREAKER_STATE } from '../../assembly/layout.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { Policy } from '../../src/policy/policy.ts';
import { CLOSED, HALF_OPEN, movedTo, OPEN } from '../../src/state/twin/breaker-state.ts';
import { givenLater as given, onBothEngines } from '../support/given.ts';
import { run, stored } from './snapshot-scene.ts';

const WALL_MS = Date.UTC(2030, 0, 1);
const OPENS: PolicyOptions = { circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 } };
const EMPTY = { kind: 'totals', total: 0, failures: 0, slow: 0, ignored: 0, durationMs: 0 };
const ONE_FAILED = { ...EMPTY, total: 1, failures: 1 };

onBothEngines('a snapshot', (engine) => {
  const breakerOf = (guarded: Policy) => stored(guarded).circuitBreaker;

  it('of a policy without strategies says who it is of and when, and no more', () => {
    const { guarded } = given(engine, {}, { name: 'send' });
    assert.deepEqual(stored(guarded), { version: 1, name: 'send', takenAt: WALL_MS });
  });

  it('says of what is configured, and of no part that it does without', () => {
    const bare = { version: 1, name: '', takenAt: WALL_MS };
    for (const [options, more] of [
      [{ rateLimiter: { permitsPerSecond: 10, burst: 5 } }, { rateLimiter: { available: 5 } }],
      [{ rateLimiter: { permitsPerSecond: 10, perKey: { maxKeys: 8 } } }, {}],
      [{ bulkhead: { maxConcurrent: 3 } }, {}],
      [{ retry: { maxRetries: 1 } }, {}],
      [{ retry: { budget: {} } }, { retryBudget: [] }],
      [{ throttle: {} }, { throttle: [] }],
      [{ errorBudget: { objective: 0.9, windowMs: 3_600_000 } }, { errorBudget: { recent: [] } }],
    ] as [PolicyOptions, object][]) {
      assert.deepEqual(stored(given(engine, options).guarded), { ...bare, ...more });
    }
  });

  it('of a closed breaker says what it counted, and failures in a row', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 3 } });
    await run(guarded, 'sff');
    assert.deepEqual(breakerOf(guarded), {
      state: 'closed',
      mode: 'normal',
      isolated: false,
      consecutive: 2,
      reopens: 0,
      rejected: 0,
      window: { ...EMPTY, total: 3, failures: 2 },
    });
  });

  it('of an open one says how long it is and was, what it refused, and what it was closed with', async () => {
    const { clock, guarded } = given(engine, OPENS);
    await run(guarded, 'f');
    await clock.advance(400);
    await run(guarded, 'ss');
    assert.deepEqual(breakerOf(guarded), {
      state: 'open',
      mode: 'normal',
      isolated: false,
      remainingMs: 600,
      openMs: 1_000,
      reopens: 0,
      rejected: 2,
      window: ONE_FAILED,
    });
  });

  it('of one whose open time is over says that it is half-open, and nothing of before', async () => {
    const { clock, guarded } = given(engine, OPENS);
    await run(guarded, 'f');
    await clock.advance(1_000);
    const halfOpen = { state: 'half-open', mode: 'normal', isolated: false, openMs: 1_000, reopens: 0 };
    assert.deepEqual(breakerOf(guarded), { ...halfOpen, rejected: 0 });
    const trial = guarded.tryAcquire();
    assert.deepEqual(breakerOf(guarded), { ...halfOpen, rejected: 0 });
    assert.ok(trial.ok);
    trial.settle('ignored');
    assert.deepEqual(breakerOf(guarded), { ...halfOpen, rejected: 0 });
  });

  it('of one that is closed again says nothing of how often it had opened', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { ...OPENS.circuitBreaker, consecutiveFailures: 1, halfOpen: { permits: 1 } },
    });
    await run(guarded, 'f');
    for (const end of 'ffs') {
      await clock.advance(1_000);
      assert.equal(breakerOf(guarded)?.state, 'half-open');
      await run(guarded, end);
    }
    const { state, reopens, window } = breakerOf(guarded) ?? {};
    assert.deepEqual({ state, reopens, window }, { state: 'closed', reopens: 0, window: EMPTY });
  });

  it('of one that only counts says what it has counted since, open or not', async () => {
    const { clock, guarded } = given(engine, OPENS);
    await run(guarded, 'f');
    guarded.circuitBreaker?.metricsOnly();
    await run(guarded, 'ffs');
    const counted = { ...EMPTY, total: 3, failures: 2 };
    const said = () => {
      const { state, mode, isolated, window } = breakerOf(guarded) ?? {};
      return { state, mode, isolated, window };
    };
    assert.deepEqual(said(), { state: 'open', mode: 'metrics-only', isolated: false, window: counted });
    await clock.advance(1_000);
    assert.deepEqual(said(), { state: 'half-open', mode: 'metrics-only', isolated: false, window: counted });
    guarded.circuitBreaker?.isolate();
    assert.equal(said().isolated, true);
  });

  it('says for how long a breaker has let calls in by and by, until the ramp is over', async () => {
    const circuitBreaker = {
      consecutiveFailures: 1,
      openMs: 1_000,
      halfOpen: { permits: 1 },
      ramp: { ms: 500 },
    };
    const { clock, guarded } = given(engine, { circuitBreaker }, { random: () => 0 });
    const closedForMs = () => breakerOf(guarded)?.closedForMs;
    assert.equal(closedForMs(), undefined);
    await run(guarded, 'f');
    assert.equal(closedForMs(), undefined);
    await clock.advance(1_000);
    await run(guarded, 's');
    assert.equal(closedForMs(), 0);
    await clock.advance(499);
    assert.equal(closedForMs(), 499);
    await clock.advance(1);
    assert.equal(closedForMs(), undefined);
    await clock.advance(100);
    assert.equal(closedForMs(), undefined);
  });

  it('says nothing of a ramp where there is none', async () => {
    const { guarded } = given(engine, OPENS);
    guarded.circuitBreaker?.open();
    guarded.circuitBreaker?.close();
    assert.equal(breakerOf(guarded)?.closedForMs, undefined);
  });

  it('is the same where the clock of another thread is a little ahead', () => {
    const { guarded } = given(engine, OPENS);
    const { kernels, at, originMs, now } = Policy.coreOf(guarded);
    const said = () => {
      const { state, remainingMs, window } = breakerOf(guarded) ?? {};
      return { state, remainingMs, window };
    };
    kernels.breakerForce(at, now() - originMs + 5, -1);
    assert.deepEqual(said(), { state: 'closed', remainingMs: undefined, window: EMPTY });
    kernels.breakerRestore(at, now() - originMs + 5, HALF_OPEN, 0, 0);
    assert.deepEqual(said(), { state: 'half-open', remainingMs: undefined, window: undefined });
  });
});

// Between its two writes: the state, then since when.
onBothEngines('a snapshot taken while another thread moves the breaker', (engine) => {
  function moved(state: number) {
    const circuitBreaker = { consecutiveFailures: 1, openMs: 1_000, ramp: { ms: 500 } };
    const { guarded } = given(engine, { circuitBreaker });
    const { plane, at } = Policy.coreOf(guarded).slot;
    const word = (at + BREAKER_STATE + 4) >> 2;
    plane.i32[word] = movedTo(plane.i32[word], state, 0);
    plane.i32[(at + BREAKER_REOPENS) >> 2] = 3;
    return stored(guarded).circuitBreaker;
  }

  it('says of one that has just opened that all of its time is left', () => {
    const { state, remainingMs, openMs } = moved(OPEN) ?? {};
    assert.deepEqual({ state, remainingMs, openMs }, { state: 'open', remainingMs: 1_000, openMs: 1_000 });
  });

  it('says of one that has just closed that its ramp begins, and nothing of how often it had opened', () => {
    const { state, closedForMs, reopens } = moved(CLOSED) ?? {};
    assert.deepEqual({ state, closedForMs, reopens }, { state: 'closed', closedForMs: 0, reopens: 0 });
  });
});
