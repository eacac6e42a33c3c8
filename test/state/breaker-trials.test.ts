import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BreakerScene, type Call, givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

const letThrough = (answers: (Call | string)[]) => answers.map((answer) => typeof answer !== 'string');

for (const engine of ENGINES) {
  /** Half-open, with room for so many trials. */
  function halfOpen(trials: number, numbers = {}): BreakerScene {
    const scene = givenBreaker(engine, { numbers: { consecutive: 1, trials, ...numbers } });
    scene.calls(1, 'fails');
    scene.pass(1_000);
    return scene;
  }
  const many = (count: number, { tries }: BreakerScene) => Array.from({ length: count }, () => tries());

  describe(`the trials of a breaker (${engine})`, () => {
    it('are as many as there are permits, undecided at one time', () => {
      const scene = halfOpen(4);
      const answers = many(6, scene);
      assert.deepEqual(letThrough(answers), [true, true, true, true, false, false]);
      assert.equal(scene.rejected(), 2);
      assert.equal(scene.state(), 'half-open');
    });

    it('make room when one is ignored', () => {
      const scene = halfOpen(4);
      const [first] = many(4, scene) as Call[];
      first.ends('ignored');
      assert.deepEqual(letThrough(many(2, scene)), [true, false]);
    });

    it('are as many again after the next opening', () => {
      const scene = halfOpen(4);
      const [first] = many(4, scene) as Call[];
      assert.equal(first.ends('fails'), 'reopened');
      scene.pass(1_000);
      assert.deepEqual(letThrough(many(5, scene)), [true, true, true, true, false]);
    });

    it('close the breaker when as many as there are permits have succeeded', () => {
      const scene = halfOpen(3);
      const calls = many(3, scene) as Call[];
      assert.deepEqual(
        calls.map((call) => call.ends('ok')),
        [undefined, undefined, 'closed'],
      );
    });

    it('open it again with the first failure, where no rate is set', () => {
      const scene = halfOpen(3);
      const calls = many(3, scene) as Call[];
      assert.deepEqual(
        [calls[0].ends('ok'), calls[1].ends('fails'), calls[2].ends('ok')],
        [undefined, 'reopened', undefined],
      );
      assert.equal(scene.state(), 'open');
    });

    it('show in the counts while half-open and after they have failed', () => {
      const scene = halfOpen(4, { trialRate: 0.6 });
      const calls = many(4, scene) as Call[];
      calls[0].ends('ok');
      calls[1].ends('fails');
      calls[2].ends('ignored');
      assert.deepEqual(scene.counts(), { total: 2, failures: 1, slow: 0, ignored: 1 });
      (scene.tries() as Call).ends('fails');
      assert.equal(calls[3].ends('fails'), 'reopened');
      assert.deepEqual([scene.counts().total, scene.counts().failures], [4, 3]);
    });

    it('give their permit back when ignored, and decide nothing', () => {
      const { call, state, counts } = halfOpen(4, { trialRate: 0.5 });
      for (let i = 0; i < 3; i++) call().ends('ok');
      call().ends('ignored');
      assert.deepEqual([state(), counts().total], ['half-open', 3]);
      assert.equal(call().ends('fails'), 'closed');
    });

    it('may all be ignored, and then all succeed', () => {
      const scene = halfOpen(4);
      for (const call of many(4, scene) as Call[]) call.ends('ignored');
      const calls = many(4, scene) as Call[];
      assert.deepEqual(
        calls.map((call) => call.ends('ok')),
        [undefined, undefined, undefined, 'closed'],
      );
    });

    it('open the breaker again as soon as the rate can no longer stay under', () => {
      const { call, state } = halfOpen(10, { trialRate: 0.3 });
      assert.deepEqual(
        [call().ends('fails'), call().ends('fails'), state()],
        [undefined, undefined, 'half-open'],
      );
      assert.equal(call().ends('fails'), 'reopened');
    });

    it('close it with the last report and not before, where the rate stays under', () => {
      const { call, calls } = halfOpen(10, { trialRate: 0.3 });
      calls(2, 'fails');
      assert.equal(calls(7, 'ok'), undefined);
      assert.equal(call().ends('ok'), 'closed');
    });

    it('meet a rate exactly that no double holds: 28 of 50 are 0.56', () => {
      const { calls, call } = halfOpen(50, { trialRate: 0.56 });
      calls(27, 'fails');
      assert.equal(call().ends('fails'), 'reopened');
    });

    it('are void when they stay undecided too long: others may try', () => {
      const scene = halfOpen(2, { trialWaitMs: 500 });
      const [one, two] = many(2, scene) as Call[];
      scene.pass(499);
      assert.deepEqual([scene.tries(), scene.waitMs()], ['open', 1]);
      scene.pass(1);
      assert.deepEqual(letThrough(many(3, scene)), [true, true, false]);
      assert.deepEqual(
        [one.ends('fails'), two.ends('ok'), scene.state()],
        [undefined, undefined, 'half-open'],
      );
    });

    it('have the present open time to report, where nothing else is set', () => {
      const scene = halfOpen(1);
      scene.tries();
      scene.pass(999);
      assert.equal(scene.tries(), 'open');
      scene.pass(1);
      assert.deepEqual(letThrough([scene.tries()]), [true]);
    });

    it('have their time from the first one on, not from when the breaker turned', () => {
      const scene = halfOpen(1, { trialWaitMs: 500 });
      (scene.tries() as Call).ends('ignored');
      scene.pass(10_000);
      const trial = scene.call();
      scene.pass(499);
      assert.equal(scene.tries(), 'open');
      assert.equal(trial.ends('ok'), 'closed');
    });

    it('are as many as a change of the permits says from then on', () => {
      const scene = halfOpen(1);
      scene.call();
      scene.policy.slot.publish(() => ({ trials: 3 }), 0);
      assert.deepEqual(letThrough(many(3, scene)), [true, true, false]);
    });
  });
}
