import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BREAKER_LATE } from '../../assembly/layout.ts';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

for (const engine of ENGINES) {
  const after = (failures: number, more = {}) =>
    givenBreaker(engine, { numbers: { consecutive: failures, trials: 1, ...more } });

  describe(`a breaker that counts failures in a row (${engine})`, () => {
    it('opens with the last of them, and says so to that call alone', () => {
      const { call, state } = after(3);
      assert.deepEqual(
        [1, 2, 3].map(() => call().ends('fails')),
        [undefined, undefined, 'opened'],
      );
      assert.equal(state(), 'open');
    });

    it('starts over with each success', () => {
      const { calls, state } = after(3);
      for (let i = 0; i < 10; i++) {
        calls(2, 'fails');
        calls(1, 'ok');
      }
      assert.equal(state(), 'closed');
      assert.equal(calls(3, 'fails'), 'opened');
    });

    it('hears nothing of ignored outcomes', () => {
      const { calls, counts } = after(3);
      calls(2, 'fails');
      calls(50, 'ignored');
      assert.equal(calls(1, 'fails'), 'opened');
      assert.deepEqual(counts(), { total: 3, failures: 3, slow: 0, ignored: 50 });
    });

    it('refuses while open, and says how long', () => {
      const { calls, pass, tries, waitMs, rejected } = after(1);
      calls(1, 'fails');
      assert.deepEqual([tries(), waitMs()], ['open', 1_000]);
      pass(999);
      assert.deepEqual([tries(), waitMs(), rejected()], ['open', 1, 2]);
    });

    it('reads half-open once the time is over, though nobody calls; the first call turns it', () => {
      const { calls, pass, state, call } = after(1, { trials: 2 });
      calls(1, 'fails');
      pass(1_000);
      assert.equal(state(), 'half-open');
      assert.deepEqual(
        [call(), call()].map(({ trial, turned }) => ({ trial, turned })),
        [
          { trial: true, turned: true },
          { trial: true, turned: false },
        ],
      );
    });

    it('closes with a trial that succeeds, and is empty then', () => {
      const { calls, pass, state, counts, call } = after(2);
      calls(2, 'fails');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      assert.deepEqual([state(), counts()], ['closed', { total: 0, failures: 0, slow: 0, ignored: 0 }]);
      assert.equal(calls(1, 'fails'), undefined);
      assert.equal(calls(1, 'fails'), 'opened');
    });

    it('opens again, for as long again, with a trial that fails', () => {
      const { calls, pass, state, call, waitMs } = after(2);
      calls(2, 'fails');
      pass(1_500);
      assert.equal(call().ends('fails'), 'reopened');
      assert.deepEqual([state(), waitMs()], ['open', 1_000]);
    });

    it('is not moved by a late failure of the time before it opened', () => {
      const { call, calls, pass, state } = after(2);
      const late = call();
      calls(2, 'fails');
      pass(1_000);
      const trial = call();
      assert.equal(late.ends('fails'), undefined);
      assert.equal(state(), 'half-open');
      assert.equal(trial.ends('ok'), 'closed');
    });

    it('is not moved by late results of an earlier closed time either, and counts them apart', () => {
      const { call, calls, pass, counts, state, policy } = after(2);
      const late = [call(), call(), call()];
      calls(2, 'fails');
      pass(1_000);
      call().ends('ok');
      assert.deepEqual(
        [late[0].ends('fails'), late[1].ends('fails'), late[2].ends('ok')],
        Array(3).fill(undefined),
      );
      assert.deepEqual([state(), counts().total], ['closed', 0]);
      assert.equal(policy.kernels.counted(policy.slot.at, BREAKER_LATE), 3);
    });

    it('is not moved by a trial of an earlier half-open time', () => {
      const { call, calls, pass, state } = after(1, { trials: 2 });
      calls(1, 'fails');
      pass(1_000);
      const [one, late] = [call(), call()];
      one.ends('fails');
      pass(1_000);
      const trial = call();
      assert.equal(late.ends('ok'), undefined);
      assert.equal(late.ends('fails'), undefined);
      assert.equal(state(), 'half-open');
      assert.equal(trial.ends('ok'), undefined);
      assert.equal(call().ends('ok'), 'closed');
    });

    it('keeps its counts while it is open', () => {
      const { calls, counts, pass, durationMs } = after(2);
      calls(3, 'ok', 10);
      calls(2, 'fails', 5);
      const seen = { total: 5, failures: 2, slow: 0, ignored: 0 };
      assert.deepEqual([counts(), durationMs()], [seen, 40]);
      pass(999);
      assert.deepEqual([counts(), durationMs()], [seen, 40]);
    });

    it('opens at once, for as long as an outcome asks for', () => {
      const { call, state, waitMs, pass } = after(5);
      assert.equal(call().ends('fails', 0, 7_000), 'opened');
      assert.deepEqual([state(), waitMs()], ['open', 7_000]);
      pass(7_000);
      assert.equal(call().ends('fails', 0, 40), 'reopened');
      assert.equal(waitMs(), 40);
    });

    it('follows a change of its threshold at once', () => {
      const { calls, policy } = after(10);
      calls(4, 'fails');
      policy.slot.publish(() => ({ consecutive: 5 }), 0);
      assert.equal(calls(1, 'fails'), 'opened');
    });
  });
}
