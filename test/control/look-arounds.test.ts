// How often the manager looks at the pulses of its threads: by the clock, as long as there is one, whoever joins.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { backgroundTimersOf } from '../../src/base/timers.ts';
import { ThreadControls } from '../../src/control/thread-controls.ts';
import type { Lane } from '../../src/work/lane.ts';

const timers = backgroundTimersOf(systemClock);
const LOOKED_AFTER_MS = 700;

/** A thread whose channel never comes; how often its pulse was looked at. */
function thread(row: number) {
  let looks = 0;
  let pulse = 7;
  const lane = {
    control: Promise.reject(new Error('no port')),
    plane: { row },
    running: undefined,
    get pulse() {
      looks++;
      return pulse;
    },
  };
  lane.control.catch(() => {});
  return {
    lane: lane as unknown as Lane,
    beat: () => pulse++,
    looks: () => looks,
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a manager that looks around', () => {
  it('sees a turn of the only thread there is while nobody asks', async () => {
    const controls = new ThreadControls({} as never);
    const { lane, beat } = thread(1);
    controls.joined(lane);
    beat();
    await pause(LOOKED_AFTER_MS);
    const [{ silentMs }] = await controls.reports(1_000);
    assert.ok(silentMs > 0, 'it was seen before it was asked for');
    controls.left(lane);
  });

  it('does so a few times a second, however many join', async () => {
    const controls = new ThreadControls({} as never);
    const threads = [1, 2, 3, 4, 5].map(thread);
    for (const { lane } of threads) controls.joined(lane);
    const [first] = threads;
    assert.equal(first.looks(), 2, 'as it joined, and as the looking around began');
    await pause(LOOKED_AFTER_MS);
    assert.ok(first.looks() <= 2 + LOOKED_AFTER_MS / 250, `${first.looks()}`);
    for (const { lane } of threads) controls.left(lane);
  });

  it('stops when the last has left', async () => {
    const before = timers.size;
    const controls = new ThreadControls({} as never);
    const { lane } = thread(1);
    controls.joined(lane);
    assert.equal(timers.size, before + 1);
    controls.left(lane);
    // The look that was due finds nobody.
    for (let waited = 0; timers.size > before && waited < 200; waited++) await pause(20);
    assert.equal(timers.size, before);
  });
});
