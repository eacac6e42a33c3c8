import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

const NOTHING = { total: 0, failures: 0, slow: 0, ignored: 0 };

for (const engine of ENGINES) {
  const overCalls = (windowCalls: number, numbers = {}) =>
    givenBreaker(engine, {
      windowCalls,
      numbers: { failureRate: 0.5, minCalls: 100, trials: 1, ...numbers },
    });

  describe(`a breaker's window of calls (${engine})`, () => {
    it('holds the last so many calls', () => {
      const { calls, counts } = overCalls(5, { minCalls: 5, failureRate: 0.9 });
      calls(3, 'fails');
      calls(2, 'ok');
      assert.deepEqual([counts().total, counts().failures], [5, 3]);
      calls(2, 'ok');
      assert.deepEqual([counts().total, counts().failures], [5, 1]);
    });

    it('trips with the call that makes the rate', () => {
      const { calls } = overCalls(10, { minCalls: 10 });
      assert.equal(calls(5, 'ok'), undefined);
      assert.equal(calls(4, 'fails'), undefined);
      assert.equal(calls(1, 'fails'), 'opened');
    });

    it('trips at every rate that calls and failures can make, and at none below', () => {
      const size = fc.integer({ min: 1, max: 100 });
      const parts = size.chain((calls) => fc.tuple(fc.constant(calls), fc.integer({ min: 1, max: calls })));
      fc.assert(
        fc.property(parts, ([size, failures]) => {
          // As a person would write it: 28 of 50 is 0.56.
          const rate = failures / size;
          const { calls, call } = overCalls(size, { minCalls: size, failureRate: rate });
          assert.equal(calls(size - failures, 'ok'), undefined);
          for (let i = 1; i < failures; i++) assert.equal(call().ends('fails'), undefined);
          assert.equal(call().ends('fails'), 'opened');
        }),
        { numRuns: 60, examples: [[[50, 28]], [[25, 7]], [[100, 55]], [[100, 29]]] },
      );
    });

    it('sums the durations of the calls it holds', () => {
      const { call, durationMs } = overCalls(3);
      for (const ms of [100, 10, 20, 30]) call().ends('ok', ms);
      assert.equal(durationMs(), 60);
    });

    it('forgets no call by time', () => {
      const { calls, pass, counts } = overCalls(20);
      calls(7, 'fails');
      pass(1e9);
      assert.equal(counts().failures, 7);
    });

    it('starts empty after a close, and lets go of the old calls one by one unseen', () => {
      const { calls, pass, call, counts } = overCalls(8, { minCalls: 4 });
      assert.equal(calls(4, 'fails'), 'opened');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      for (let made = 1; made <= 30; made++) {
        calls(1, 'ok');
        assert.deepEqual(counts(), { ...NOTHING, total: Math.min(made, 8) });
      }
    });

    it('is right at its largest', () => {
      const { calls, counts } = overCalls(4_096, { minCalls: 4_096, failureRate: 1 });
      assert.equal(calls(4_095, 'fails'), undefined);
      calls(4_095, 'ok');
      assert.deepEqual([counts().total, counts().failures], [4_096, 1]);
      calls(1, 'ok');
      assert.equal(counts().failures, 0);
    });

    it('is what the last calls were, after any history', () => {
      const sizes = fc.integer({ min: 1, max: 17 });
      fc.assert(
        fc.property(
          sizes,
          fc.array(fc.constantFrom('ok', 'fails', 'ignored'), { maxLength: 60 }),
          (size, history) => {
            const { calls, counts } = overCalls(size, { minCalls: 5_000 });
            for (const ending of history) calls(1, ending);
            const decided = history.filter((ending) => ending !== 'ignored').slice(-size);
            assert.deepEqual(
              [counts().total, counts().failures, counts().ignored],
              [
                decided.length,
                decided.filter((ending) => ending === 'fails').length,
                history.filter((ending) => ending === 'ignored').length,
              ],
            );
          },
        ),
        { numRuns: 50 },
      );
    });
  });
}
