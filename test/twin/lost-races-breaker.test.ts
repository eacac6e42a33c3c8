// A breaker of the twin whose word, or whose mark, another thread changes between two steps.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { beforeSwapOf, elsewhere, given, handsOff, instead, NOW_MS } from './races.ts';

const { compareExchange } = Atomics;
const OPEN_MS = 1_000;
const CLOSED = 0;
const HALF_OPEN = 1;
const OPEN = 2;

const isTrial = (answer: number) => answer >= 0 && (answer & layout.T_TRIAL) !== 0;

/** Every failure opens it; what it is given comes on top. */
function breaker(numbers: Partial<PolicyNumbers> = {}, features = 0) {
  const scene = given(layout.F_BREAKER | features, {
    consecutive: 1,
    openMs: OPEN_MS,
    trialWaitMs: -1,
    ...numbers,
  });
  const { world, k, slot } = scene;
  const other = 2;
  return {
    ...scene,
    stateAt: (ms = 0) => k.breakerState(slot, NOW_MS + ms),
    /** What the thread asks `ms` later. */
    admitAt: (ms: number, draw = 0.5) => scene.admit(draw, NOW_MS + ms),
    /** What another thread asks, of the kernels of the same memory. */
    otherAdmits(ms = 0): number {
      let answer = 0;
      elsewhere(world, (kernels) => {
        const [cell, row, fence] = [world.at.cell(other), world.at.row(other), world.fences[other]];
        answer = kernels.admit(slot, cell, row, fence, NOW_MS + ms, 1, 0.5, 0);
      });
      return answer;
    },
    otherForces: (openMs: number, ms = 0) =>
      elsewhere(world, (kernels) => kernels.breakerForce(slot, NOW_MS + ms, openMs)),
    open: () => scene.settle(scene.admit(), layout.V_FAILURE),
    /** As if who moved the breaker had died before it wrote down when. */
    forgetMark() {
      new BigInt64Array(world.at.memory.buffer)[(slot + layout.BREAKER_MARK) >> 3] = 0n;
    },
    state: slot + layout.BREAKER_STATE,
    mark: slot + layout.BREAKER_MARK,
    trials: world.at.cell(0) + layout.CELL_TRIALS,
  };
}

describe('the time of a breaker of the twin', () => {
  afterEach(handsOff);

  it('is written down by the first who misses it, and stands', () => {
    const { open, forgetMark, admitAt, stateAt } = breaker();
    open();
    forgetMark();
    assert.equal(admitAt(300), layout.R_OPEN);
    assert.equal(admitAt(800), layout.R_OPEN);
    assert.equal(stateAt(1_299), OPEN);
    assert.ok(isTrial(admitAt(1_300)));
  });

  it('is the one that another thread has written for who moved it', () => {
    const { open, mark, otherAdmits, stateAt } = breaker();
    beforeSwapOf(mark, () => assert.equal(otherAdmits(100), layout.R_OPEN));
    open();
    assert.deepEqual(
      [stateAt(OPEN_MS), stateAt(OPEN_MS + 99), stateAt(OPEN_MS + 100)],
      [OPEN, OPEN, HALF_OPEN],
    );
  });

  it('is missing where who opened it lost every race for it, and it is open all the same', () => {
    const { open, mark, stateAt, admitAt } = breaker();
    instead((words, index, expected, next) =>
      index === mark >> 3 ? ~expected : compareExchange(words, index, expected, next),
    );
    assert.equal(open(), layout.E_OPENED);
    handsOff();
    assert.equal(stateAt(), OPEN);
    assert.equal(admitAt(0), layout.R_OPEN);
    assert.ok(isTrial(admitAt(OPEN_MS)));
  });

  for (const [name, late] of [
    [
      'who opened it',
      (scene: ReturnType<typeof breaker>) => {
        beforeSwapOf(scene.mark, () => scene.otherForces(-1));
        scene.open();
      },
    ],
    [
      'who looks for it',
      (scene: ReturnType<typeof breaker>) => {
        scene.open();
        scene.forgetMark();
        beforeSwapOf(scene.mark, () => scene.otherForces(-1));
        assert.ok(scene.admit(0) >= 0, 'it is closed by now');
      },
    ],
    [
      'who has made the first trial',
      (scene: ReturnType<typeof breaker>) => {
        scene.open();
        beforeSwapOf(scene.trials, () => scene.otherForces(-1, OPEN_MS));
        scene.admitAt(OPEN_MS);
      },
    ],
  ] as const) {
    it(`is left alone by ${name}, once it has been closed since`, () => {
      const scene = breaker({ rampMs: 1_000 }, layout.F_RAMP);
      late(scene);
      handsOff();
      assert.equal(scene.stateAt(), CLOSED);
      // Closed at the latest when its open time was over: by then the ramp has come to its end.
      assert.ok(scene.admitAt(OPEN_MS + 1_000, 0.999) >= 0, 'the ramp is over');
    });
  }
});

describe('a breaker of the twin that another thread moves meanwhile', () => {
  afterEach(handsOff);

  it('stays closed by hand, whatever failures were about to open it', () => {
    for (const [numbers, features] of [
      [{ consecutive: 1 }, 0],
      [{ consecutive: 0 }, layout.F_WINDOW_CALLS],
    ] as const) {
      const { admit, settle, state, otherForces, stateAt } = breaker(numbers, features);
      const ticket = admit();
      beforeSwapOf(state, () => {
        otherForces(500);
        otherForces(-1);
      });
      assert.equal(settle(ticket, layout.V_FAILURE), 0);
      assert.equal(stateAt(), CLOSED);
    }
  });

  it('grants the last trial to who lost the race for the one before, and none beyond', () => {
    const { open, state, admitAt, otherAdmits } = breaker({ trials: 3 });
    open();
    assert.ok(isTrial(otherAdmits(OPEN_MS)));
    beforeSwapOf(state, () => assert.ok(isTrial(otherAdmits(OPEN_MS))));
    assert.ok(isTrial(admitAt(OPEN_MS)));
    handsOff();
    assert.equal(admitAt(OPEN_MS), layout.R_OPEN);
  });

  it('gets back the trial of who lost the race to return it, once', () => {
    const { open, state, admitAt, otherAdmits, settle } = breaker({ trials: 2 });
    open();
    const trial = admitAt(OPEN_MS);
    assert.ok(isTrial(trial));
    let answer = 0;
    beforeSwapOf(state, () => {
      answer = otherAdmits(OPEN_MS);
    });
    settle(trial, layout.V_IGNORED);
    handsOff();
    assert.ok(isTrial(answer), 'another thread took the second meanwhile');
    assert.ok(isTrial(admitAt(OPEN_MS)), 'the first is free again');
    assert.equal(otherAdmits(OPEN_MS), layout.R_OPEN);
  });

  it('gets back the trial of a thread that was declared dead just as it took it', () => {
    const { world, open, trials, admitAt, otherAdmits, slot, cell, fence } = breaker();
    open();
    beforeSwapOf(trials, () => elsewhere(world, (kernels) => kernels.reclaim(slot, cell, 1, fence + 1)));
    const answer = admitAt(OPEN_MS);
    assert.ok(answer === layout.R_REVOKED || answer === layout.R_REVOKED - layout.R_TURNED, String(answer));
    handsOff();
    assert.ok(isTrial(otherAdmits(OPEN_MS)), 'the only one is free');
  });

  it('lets a caller through its ramp that drew low, though it asked for a trial', () => {
    const scene = breaker({ rampMs: 1_000, openMs: 0 }, layout.F_RAMP);
    scene.open();
    beforeSwapOf(scene.state, () => scene.otherForces(-1));
    assert.equal(scene.admit(0.05), 2);
  });
});
