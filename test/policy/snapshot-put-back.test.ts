// What a snapshot that is put back changes: what both have, in full, and not a byte of what only one of them has.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BREAKER_REJECTED, BREAKER_STATE, SLOT_BYTES } from '../../assembly/layout.ts';
import { exponential } from '../../src/policy/backoff.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { Policy } from '../../src/policy/policy.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import type { BreakerSnapshot } from '../../src/policy/snapshot-breaker.ts';
import { budgetRing, readRing } from '../../src/state/kept-rings.ts';
import { movedTo, OPEN } from '../../src/state/twin/breaker-state.ts';
import { type Engine, givenLater as given, onBothEngines } from '../support/given.ts';
import { restarted, run, stored } from './snapshot-scene.ts';

const HOUR_MS = 3_600_000;
const AIMD = { algorithm: 'aimd', minLimit: 1, maxLimit: 20 } as const;
const ADAPTIVE_RATE = { minPerSecond: 10, maxPerSecond: 100, targetMs: 10 };
const ALL: PolicyOptions = {
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 20, burst: 9, adaptive: ADAPTIVE_RATE },
  bulkhead: { maxConcurrent: 10, adaptive: AIMD },
  throttle: {},
  retry: { maxRetries: 0, budget: {} },
  errorBudget: { objective: 0.9, windowMs: 24 * HOUR_MS },
};
const BARE: PolicySnapshot = { version: 1, name: '', takenAt: Date.UTC(2030, 0, 1) };
const CLOSED_ONCE: BreakerSnapshot = {
  state: 'closed',
  mode: 'normal',
  isolated: false,
  reopens: 0,
  rejected: 0,
};

/** What a policy that has everything knows after some calls. */
async function known(engine: Engine): Promise<PolicySnapshot> {
  const { guarded } = given(engine, ALL, { random: () => 0.99 });
  await run(guarded, 'sfs');
  return { ...stored(guarded), bulkhead: { limit: 7 } };
}

/** All words of a policy in memory. */
function wordsOf(guarded: Policy): Uint8Array {
  const { plane, at } = Policy.coreOf(guarded).slot;
  return plane.bytes.slice(at, at + SLOT_BYTES);
}

onBothEngines('a snapshot that is put back', (engine) => {
  const restoredBreaker = (options: PolicyOptions, kept: Partial<BreakerSnapshot>) =>
    restarted(engine, options, { ...BARE, circuitBreaker: { ...CLOSED_ONCE, ...kept } }, 0);

  it('changes nothing where the policy has nothing of what it says', async () => {
    const kept = await known(engine);
    for (const options of [{}, { rateLimiter: { permitsPerSecond: 10, perKey: { maxKeys: 8 } } }]) {
      const { guarded } = given(engine, options);
      const before = wordsOf(guarded);
      guarded.restore(kept);
      assert.deepEqual(wordsOf(guarded), before);
    }
  });

  it('changes nothing where it says nothing of what the policy has', async () => {
    const { guarded } = given(engine, ALL, { random: () => 0.99 });
    await run(guarded, 'sfs');
    const before = wordsOf(guarded);
    guarded.restore(BARE);
    assert.deepEqual(wordsOf(guarded), before);
  });

  it('leaves a limit that does not adapt as it is configured', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 3 } });
    guarded.restore(await known(engine));
    assert.equal(guarded.bulkhead?.limit, 3);
  });

  it('brings back a limit that was found, in whole slots', () => {
    const { guarded } = restarted(engine, ALL, { ...BARE, bulkhead: { limit: 7.5 } }, 0);
    assert.equal(guarded.bulkhead?.limit, 7);
    assert.deepEqual(guarded.snapshot().bulkhead, { limit: 7.5 });
  });

  it('leaves a rate that adapts where it is when it says of none', async () => {
    const { guarded } = restarted(engine, ALL, { ...BARE, rateLimiter: { available: 4 } }, 100);
    assert.equal(guarded.rateLimiter?.ratePerSecond, 20);
    assert.equal(guarded.rateLimiter?.available, 6);
  });

  it('leaves a rate that does not adapt as it is configured', () => {
    const rateLimiter = { permitsPerSecond: 10, burst: 9 };
    const kept = { available: 4, ratePerSecond: 50 };
    const { guarded } = restarted(engine, { rateLimiter }, { ...BARE, rateLimiter: kept }, 100);
    assert.equal(guarded.rateLimiter?.ratePerSecond, 10);
    assert.equal(guarded.rateLimiter?.available, 5);
  });

  it('fills no ring beside the one that serves for a whole window', () => {
    const errorBudget = { objective: 0.9, windowMs: HOUR_MS };
    const recent = [[0, 5, 1]];
    const { guarded } = restarted(engine, { errorBudget }, { ...BARE, errorBudget: { recent } }, 0);
    const { slot, now, originMs } = Policy.coreOf(guarded);
    assert.equal(guarded.errorBudget?.consumed, 2);
    assert.deepEqual(readRing(slot, budgetRing(slot), now() - originMs), []);
  });

  it('closes a breaker, whatever else it says of an open time', () => {
    const options = { circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 } };
    const { guarded } = restoredBreaker(options, { remainingMs: 500, openMs: 700 });
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('opens a breaker that was closed for the usual time, whatever it says of openings', async () => {
    const openMs = exponential({ baseMs: 1_000, jitter: 'none' });
    const options = { circuitBreaker: { consecutiveFailures: 1, openMs, halfOpen: { permits: 1 } } };
    const { clock, guarded } = restoredBreaker(options, { reopens: 3 });
    await run(guarded, 'f');
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 1_000);
    await clock.advance(1_000);
    await run(guarded, 'f');
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 2_000);
  });

  it('goes on counting the openings of one that was open', () => {
    const options = { circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 } };
    const { guarded } = restoredBreaker(options, {
      state: 'open',
      remainingMs: 500,
      openMs: 1_000,
      reopens: 3,
    });
    assert.equal(guarded.snapshot().circuitBreaker?.reopens, 3);
  });

  it('brings back what was refused, and none where none was', () => {
    const options = { circuitBreaker: { consecutiveFailures: 1 } };
    for (const rejected of [0, 7]) {
      assert.equal(restoredBreaker(options, { rejected }).guarded.circuitBreaker?.counts.rejected, rejected);
    }
  });

  it('writes no count of refusals where none was: another thread may be counting there', () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    const { plane, at } = Policy.coreOf(guarded).slot;
    const counted = () => plane.bytes.slice(at + BREAKER_REJECTED, at + BREAKER_REJECTED + 8);
    const before = counted();
    guarded.restore({ ...BARE, circuitBreaker: CLOSED_ONCE });
    assert.deepEqual(counted(), before);
    guarded.restore({ ...BARE, circuitBreaker: { ...CLOSED_ONCE, rejected: 1 } });
    assert.notDeepEqual(counted(), before);
  });

  it('begins half-open without counts, whatever it says of them', () => {
    const options = { circuitBreaker: { consecutiveFailures: 1 } };
    const window = { kind: 'totals', total: 5, failures: 5, slow: 0, ignored: 0, durationMs: 0 } as const;
    const { guarded } = restoredBreaker(options, { state: 'half-open', window });
    assert.equal(guarded.circuitBreaker?.counts.total, 0);
  });

  it('brings back what one that only counts has counted, though it is open', async () => {
    const first = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    await run(first.guarded, 'f');
    first.guarded.circuitBreaker?.metricsOnly();
    await run(first.guarded, 'ffs');
    const again = restarted(engine, { circuitBreaker: { consecutiveFailures: 1 } }, stored(first.guarded), 0);
    const { total, failures } = again.guarded.circuitBreaker?.counts ?? {};
    assert.deepEqual({ total, failures }, { total: 3, failures: 2 });
  });

  // Another thread has written the state, and not yet for how long: until then it is the usual time.
  it('leaves a closed breaker the open time by which it is read while it opens', () => {
    const options = { circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 } };
    const { guarded } = restoredBreaker(options, { openMs: 5 });
    const { plane, at } = Policy.coreOf(guarded).slot;
    const word = (at + BREAKER_STATE + 4) >> 2;
    plane.i32[word] = movedTo(plane.i32[word], OPEN, 0);
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 1_000);
  });
});
