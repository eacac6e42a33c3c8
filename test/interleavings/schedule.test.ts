import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEATH } from './harness/exploration.ts';
import { explore } from './harness/explore.ts';
import { inTurn } from './harness/program.ts';
import { Misfit, replay } from './harness/replay.ts';
import { namesOf, type Scenario } from './harness/scenario.ts';
import { print, replayText } from './harness/schedule.ts';
import { shrink, switches } from './harness/shrink.ts';
import { k, sample } from './sample.ts';

const [A, B] = [1024, 1152];

const lost: Scenario = {
  name: 'two additions',
  programs: [inTurn(k.lose(A)), inTurn(k.lose(A))],
  check: (vm) => assert.ok(vm.memory.i32[A / 4] === 2, 'one addition is lost'),
  nameOf: namesOf({ count: A }),
};

const LOST = `
  T0 calls lose(1024)
  T0 at lose load32 word: count is 0
  T1 calls lose(1024)
  T1 at lose load32 word: count is 0
  T0 at lose store32 word: count 0 → 1
  T0 returns 1
  T1 at lose store32 word: count stays 1
  T1 returns 1
one addition is lost`;

describe('a schedule', () => {
  it('is printed with every call, step and value', () => {
    assert.equal(`\n${print(replay(sample, lost, [0, 1, 0, 1]), lost)}`, LOST);
  });

  it('is run again from its printed form', () => {
    const { why, schedule } = replayText(sample, lost, LOST);
    assert.equal(why, 'one addition is lost');
    assert.deepEqual(schedule, [0, 1, 0, 1]);
  });

  it('is refused when it was written for other code', () => {
    assert.throws(() => replayText(sample, lost, LOST.replace('lose load32', 'lose load64')), Misfit);
    const right = { ...lost, programs: [inTurn(k.raise(A)), inTurn(k.raise(A))] };
    assert.throws(
      () => replayText(sample, right, LOST),
      /step 1 is at raise load32 word, the schedule says lose load32 word/,
    );
  });

  it('tells of a death, and is run again with it', () => {
    const dying: Scenario = {
      name: 'a holder dies',
      programs: [inTurn(k.holdWrongly(A, B))],
      death: { of: 0, manager: inTurn(k.giveBack(A, B)) },
      check: ({ memory }) => assert.ok(memory.i32[B / 4] <= 0, 'one is held for ever'),
    };
    const { failure } = explore(sample, dying);
    assert.deepEqual(failure, { why: 'one is held for ever', schedule: [0, DEATH, 1, 1] });
    const text = print(replay(sample, dying, failure?.schedule ?? []), dying);
    assert.match(text, /T0 dies\n {2}T1 calls giveBack/);
    assert.deepEqual(replayText(sample, dying, text).schedule, failure?.schedule);
  });

  it('replays what the search found, whatever failed', () => {
    const failing: Record<string, Scenario> = {
      'data race': { name: '', programs: [inTurn(k.plainly(A)), inTurn(k.plainly(A))] },
      'no order of whole calls': {
        name: '',
        programs: [inTurn(k.both(A, B)), inTurn(k.sum(A, B))],
        linearizable: true,
      },
      'a call before one that had already returned': {
        name: '',
        programs: [inTurn(k.copy(A, B)), inTurn(k.add(A), k.copy(A, B)), inTurn(k.read(B))],
        linearizable: true,
      },
      trap: { name: '', programs: [inTurn(k.trap(A)), inTurn(k.add(A))] },
    };
    for (const [what, scenario] of Object.entries(failing)) {
      const { failure } = explore(sample, scenario);
      assert.ok(failure, what);
      assert.ok(failure.why.includes(what), failure.why);
      const again = replay(sample, scenario, failure.schedule);
      assert.equal(again.why, failure.why);
      assert.equal(replayText(sample, scenario, print(again, scenario)).why, failure.why);
    }
  });
});

describe('shrinking', () => {
  it('puts turns together as long as the schedule still fails', () => {
    const thrice = inTurn(k.lose(A), k.add(B), k.add(B), k.lose(A));
    const scenario: Scenario = {
      name: 'additions among others',
      programs: [thrice, thrice],
      check: (vm) => assert.ok(vm.memory.i32[A / 4] === 4, 'an addition is lost'),
    };
    const jumpy = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
    const shrunk = shrink(sample, scenario, jumpy);
    assert.equal(shrunk.why, 'an addition is lost');
    assert.equal(switches(jumpy), 11);
    assert.equal(switches(shrunk.schedule), 2);
  });

  it('keeps a schedule that is as short as it can be, and refuses one that does not fail', () => {
    assert.deepEqual(shrink(sample, lost, [0, 1, 1, 0]).schedule, [0, 1, 1, 0]);
    assert.throws(() => shrink(sample, lost, [0, 0, 1, 1]), /does not fail/);
  });
});
