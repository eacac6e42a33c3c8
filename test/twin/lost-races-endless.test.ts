// A thread that is never the first at one word, while all others are its own: each loop of the twin ends, and what
// it was about to do is left undone or done by others.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { given, handsOff, instead, NOW_MS } from './races.ts';
import { play } from './steps.ts';

const { compareExchange } = Atomics;
const CLOSED = 0;
const HALF_OPEN = 1;
const OPEN = 2;
/** More than twice as often as any loop tries. */
const MOST_LOSSES = 10_000;

const isTrial = (answer: number) => answer >= 0 && (answer & layout.T_TRIAL) !== 0;

/** From now on somebody else is always faster at this word. */
function losesAt(address: number): void {
  let losses = 0;
  instead((words, index, expected, next) => {
    if (index !== address >> 3 || typeof expected !== 'bigint')
      return compareExchange(words, index, expected, next);
    if (++losses > MOST_LOSSES) throw new Error('tries without end');
    return ~expected;
  });
}

const WINDOWS = {
  calls: { features: layout.F_BREAKER | layout.F_WINDOW_CALLS },
  time: { features: layout.F_BREAKER | layout.F_WINDOW_TIME },
};

describe('a thread that is never the first at one word', () => {
  afterEach(handsOff);

  it('opens a breaker all the same where it cannot write down for how long', () => {
    const { k, slot, admit, settle } = given(layout.F_BREAKER, { consecutive: 1 });
    const ticket = admit();
    losesAt(slot + layout.BREAKER_MARK);
    assert.equal(settle(ticket, layout.V_FAILURE), layout.E_OPENED);
    handsOff();
    assert.equal(k.breakerState(slot, NOW_MS), OPEN);
  });

  it('is refused as by an open breaker where it loses every race for a trial', () => {
    const { k, slot, admit, settle } = given(layout.F_BREAKER, { consecutive: 1, openMs: 0, trials: 2 });
    settle(admit(), layout.V_FAILURE);
    assert.ok(isTrial(admit()));
    losesAt(slot + layout.BREAKER_STATE);
    assert.equal(admit(), layout.R_OPEN);
    handsOff();
    assert.ok(isTrial(admit()), 'the second trial is there for the next one');
    assert.equal(k.breakerState(slot, NOW_MS), HALF_OPEN);
  });

  it('cannot give a trial back, which is void with the others once they have been silent too long', () => {
    const numbers = { consecutive: 1, openMs: 0, trialWaitMs: 500 };
    const { slot, admit, settle } = given(layout.F_BREAKER, numbers);
    settle(admit(), layout.V_FAILURE);
    const trial = admit();
    assert.ok(isTrial(trial));
    losesAt(slot + layout.BREAKER_STATE);
    assert.equal(settle(trial, layout.V_IGNORED), 0);
    handsOff();
    assert.equal(admit(0.5, NOW_MS + 499), layout.R_OPEN);
    assert.ok(isTrial(admit(0.5, NOW_MS + 500)));
  });

  it('opens no breaker by a call that succeeded and could not be summed', () => {
    const { k, slot, admit, settle } = given(WINDOWS.calls.features, { minCalls: 1, failureRate: 0.5 });
    const ticket = admit();
    losesAt(slot + layout.BREAKER_TOTALS);
    assert.equal(settle(ticket, layout.V_SUCCESS), 0);
    handsOff();
    assert.equal(k.breakerState(slot, NOW_MS), CLOSED);
  });

  it('opens a breaker by a failure, though it cannot say in which bucket the failure was', () => {
    const { world, k, slot, admit, settle } = given(WINDOWS.time.features, { minCalls: 1, failureRate: 0.5 });
    world.at.i32[(slot + layout.SLOT_BUCKETS) >> 2] = 4;
    world.at.f64[(slot + layout.SLOT_BUCKET_MS) >> 3] = 100;
    const ticket = admit();
    losesAt(slot + layout.BREAKER_TOTALS);
    assert.equal(settle(ticket, layout.V_FAILURE), layout.E_OPENED);
    handsOff();
    assert.equal(k.breakerState(slot, NOW_MS), OPEN);
  });

  it('gives no permit back where it loses every race for the bucket', () => {
    const { k, slot } = given(layout.F_RATE);
    assert.equal(k.rateAcquire(slot, NOW_MS, 3), 0);
    losesAt(slot + layout.RATE_TAT);
    k.rateRefund(slot, NOW_MS, 2);
    handsOff();
    assert.equal(k.rateAvailable(slot, NOW_MS), 1);
  });

  it('publishes options though it cannot bring the bucket to them, which has its tokens all the same', () => {
    const { world, k, slot } = given(layout.F_RATE);
    assert.equal(k.rateAcquire(slot, NOW_MS, 3), 0);
    losesAt(slot + layout.RATE_TAT);
    assert.equal(play(world, ['publish', 1, { burstUnits: 8 }, 0]), 1);
    handsOff();
    assert.equal(world.version, 1);
    assert.equal(k.rateAvailable(slot, NOW_MS), 1);
  });
});
