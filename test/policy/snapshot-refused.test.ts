// Snapshots that are none, and those that are only just ones: where they are wrong, and what was expected there.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { policy } from '../../src/policy/make-policy.ts';
import { manualClock } from '../../src/testing/index.ts';

const clock = manualClock();
const BARE = { version: 1, name: '', takenAt: Date.UTC(2030, 0, 1) };
const BREAKER = { state: 'closed', mode: 'normal', isolated: false, reopens: 0, rejected: 0 };

const given = () =>
  policy(
    {
      circuitBreaker: { window: { calls: 4_096 }, minCalls: 4_096 },
      throttle: {},
      errorBudget: { objective: 0.9, windowMs: 3_600_000 },
    },
    { clock },
  );

/** Where a snapshot is refused, and what for. */
function refused(snapshot: unknown): string {
  try {
    given().restore(snapshot as never);
  } catch (error) {
    if (error instanceof OptionsError) return error.message;
    throw error;
  }
  return 'taken';
}

const breaker = (more: object) => refused({ ...BARE, circuitBreaker: { ...BREAKER, ...more } });
const calls = (text: unknown) =>
  breaker({ window: { kind: 'calls', calls: text, ignored: 0, durationMs: 0 } });

describe('what is no snapshot', () => {
  it('is refused as a whole, whatever it is', () => {
    for (const [value, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [5, '5'],
    ]) {
      assert.equal(refused(value), `snapshot: expected an object with options, got ${shown}`);
    }
    assert.match(refused('text'), /^snapshot: expected an object with options/);
  });

  it('is refused by its version, when that is another one', () => {
    for (const other of [{}, [], { ...BARE, version: 2 }]) {
      assert.match(refused(other), /^snapshot\.version: expected 1, the one version there is, got /);
    }
  });
});

describe('a number of a snapshot', () => {
  it('that is a duration is said to be one', () => {
    assert.equal(
      refused({ ...BARE, takenAt: 'now' }),
      'snapshot.takenAt: expected a duration in ms, got "now"',
    );
    assert.equal(
      refused({ ...BARE, throttle: [[-1, 1, 1]] }),
      'snapshot.throttle[0][0]: expected a duration of at least 0 ms, got -1',
    );
  });

  it('that counts openings is at most what its word can count', () => {
    assert.equal(breaker({ reopens: 2 ** 31 - 1 }), 'taken');
    assert.match(
      breaker({ reopens: 2 ** 31 }),
      /^snapshot\.circuitBreaker\.reopens: expected a whole number from 0/,
    );
  });

  it('that is a limit is at least one slot', () => {
    assert.equal(refused({ ...BARE, bulkhead: { limit: 1 } }), 'taken');
    assert.match(refused({ ...BARE, bulkhead: { limit: 0.9 } }), /^snapshot\.bulkhead\.limit: expected/);
  });

  it('is whole where it counts, and need not be where it is a duration', () => {
    const bucket = (...numbers: number[]) => breaker({ window: { kind: 'time', buckets: [numbers] } });
    assert.equal(bucket(0.5, 4, 3, 2, 1, 0.5), 'taken');
    assert.match(
      bucket(0, 4, 3, 2, 0.5, 0),
      /^snapshot\.circuitBreaker\.window\.buckets\[0\]\[4\]: expected a whole/,
    );
    assert.match(
      refused({ ...BARE, throttle: [[0, 1, 0.5]] }),
      /^snapshot\.throttle\[0\]\[2\]: expected a whole/,
    );
  });
});

describe('a window of a snapshot', () => {
  it('is not without buckets, but a budget may be without a window beside the last hours', () => {
    assert.match(
      breaker({ window: { kind: 'time' } }),
      /^snapshot\.circuitBreaker\.window\.buckets: expected an array, got undefined/,
    );
    assert.match(
      refused({ ...BARE, errorBudget: {} }),
      /^snapshot\.errorBudget\.recent: expected an array, got undefined/,
    );
    assert.equal(refused({ ...BARE, errorBudget: { recent: [] } }), 'taken');
  });

  it('has buckets that are arrays', () => {
    for (const bucket of [5, null, 'abc', { length: 3, 0: 0, 1: 1, 2: 1 }]) {
      assert.match(
        refused({ ...BARE, throttle: [bucket] }),
        /^snapshot\.throttle\[0\]: expected 3 numbers, got /,
      );
    }
  });

  it('of calls is a text of letters, one for each of 4,096 at most', () => {
    assert.equal(calls('o'.repeat(4_096)), 'taken');
    for (const wrong of ['o'.repeat(4_097), ['o'], 5, null, undefined]) {
      assert.match(
        calls(wrong),
        /^snapshot\.circuitBreaker\.window\.calls: expected at most 4096 of the letters osfb, got /,
      );
    }
  });
});
