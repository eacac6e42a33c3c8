import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

const NOTHING = { total: 0, failures: 0, slow: 0, ignored: 0 };

for (const engine of ENGINES) {
  /** Five seconds in ten buckets. */
  const overTime = (numbers = {}) =>
    givenBreaker(engine, {
      windowBuckets: 10,
      bucketMs: 500,
      numbers: { failureRate: 0.5, minCalls: 100, ...numbers },
    });

  describe(`a breaker's window of time (${engine})`, () => {
    it('forgets while idle: a failure an hour later stands alone', () => {
      const { calls, pass, counts, state } = overTime({ minCalls: 15 });
      calls(14, 'fails');
      pass(3_600_000);
      calls(1, 'fails');
      assert.deepEqual([counts().total, state()], [1, 'closed']);
    });

    it('keeps to its edges, durations too', () => {
      const { ended, pass, counts, durationMs } = overTime({ slowMs: 500 });
      ended('fails', 100);
      pass(100);
      ended('ok', 100);
      assert.deepEqual([counts(), durationMs()], [{ ...NOTHING, total: 2, failures: 1 }, 200]);
      pass(700);
      ended('fails', 1_000);
      assert.deepEqual([counts().total, durationMs()], [3, 1_200]);
      pass(4_000);
      assert.deepEqual(counts(), { total: 3, failures: 2, slow: 1, ignored: 0 });
      pass(1_000);
      assert.deepEqual([counts(), durationMs()], [NOTHING, 0]);
      pass(5_000);
      ended('ok', 0);
      assert.equal(counts().total, 1);
    });

    it('trips at the rate, not above it, and not before it has calls enough', () => {
      const { calls } = overTime({ minCalls: 10 });
      assert.equal(calls(4, 'fails'), undefined);
      assert.equal(calls(5, 'ok'), undefined);
      assert.equal(calls(1, 'fails'), 'opened');
    });

    it('trips by slow calls that all succeeded', () => {
      const numbers = { failureRate: 2, slowMs: 4_000, slowRate: 0.5, minCalls: 5 };
      const { call, counts } = givenBreaker(engine, { windowBuckets: 10, bucketMs: 3_000, numbers });
      const answers = [5_000, 5_000, 1_000, 1_000, 5_000].map((ms) => call().ends('ok', ms));
      assert.deepEqual(answers.slice(-2), [undefined, 'opened']);
      assert.deepEqual(counts(), { total: 5, failures: 0, slow: 3, ignored: 0 });
    });

    it('counts a call as slow when it took longer than the limit', () => {
      const { call, counts } = overTime({ slowMs: 100, slowRate: 1 });
      call().ends('ok', 100);
      assert.equal(counts().slow, 0);
      call().ends('ok', 100.001);
      assert.equal(counts().slow, 1);
    });

    it('counts ignored calls apart', () => {
      const { calls, counts } = overTime({ minCalls: 4 });
      calls(10, 'ignored');
      calls(3, 'fails');
      assert.deepEqual(counts(), { total: 3, failures: 3, slow: 0, ignored: 10 });
    });

    it('starts empty after a close, though the time is not over', () => {
      const { calls, pass, call, counts } = overTime({ minCalls: 2, trials: 1 });
      assert.equal(calls(2, 'fails'), 'opened');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      assert.deepEqual(counts(), NOTHING);
      assert.equal(calls(1, 'fails'), undefined);
    });

    it('is kept as it was while the breaker is open', () => {
      const { calls, pass, counts } = overTime({ minCalls: 4, openMs: 60_000 });
      calls(2, 'ok');
      calls(2, 'fails');
      pass(59_000);
      assert.deepEqual(counts(), { total: 4, failures: 2, slow: 0, ignored: 0 });
    });

    it('holds the calls of its newest buckets, and no other', () => {
      const steps = fc.array(fc.record({ passMs: fc.nat(1_500), fails: fc.boolean() }), { maxLength: 50 });
      fc.assert(
        fc.property(steps, (history) => {
          const { calls, pass, now, counts } = overTime({ minCalls: 1_000 });
          const seen: { bucket: number; fails: boolean }[] = [];
          for (const { passMs, fails } of history) {
            pass(passMs);
            calls(1, fails ? 'fails' : 'ok');
            const bucket = Math.floor(now() / 500);
            seen.push({ bucket, fails });
            const inside = seen.filter((call) => call.bucket > bucket - 10);
            assert.equal(counts().total, inside.length);
            assert.equal(counts().failures, inside.filter((call) => call.fails).length);
          }
        }),
        { numRuns: 50 },
      );
    });
  });
}
