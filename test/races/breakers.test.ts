import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  BREAKER_STATE,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  COUNT_REOPENED,
  F_BREAKER,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
} from '../../assembly/layout.ts';
import type { Given } from '../state/given.ts';
import { assemble, type Crew, SIZE, together } from './crew.ts';

describe('threads at one circuit breaker', () => {
  let crew: Crew;
  before(async () => {
    crew = await assemble();
  });
  after(() => crew.dismiss());

  const counted = ({ kernels, slot }: Given, offset: number) => kernels.counted(slot.at, offset);
  const generation = ({ kernels, slot }: Given) => Math.floor(kernels.breakerWord(slot.at) / 8);

  for (const [by, shape] of [
    ['failures in a row', { features: F_BREAKER, numbers: { consecutive: 5_000 } }],
    [
      'a window of calls',
      { features: F_BREAKER | F_WINDOW_CALLS, windowCalls: 4_096, numbers: { minCalls: 4_000 } },
    ],
    [
      'a window of time',
      { features: F_BREAKER | F_WINDOW_TIME, windowBuckets: 10, bucketMs: 500, numbers: { minCalls: 5_000 } },
    ],
  ] as const) {
    it(`open it once, by ${by}, and one of them hears of it`, async () => {
      const numbers = { failureRate: 0.5, ...shape.numbers };
      const policy = crew.policy({ ...shape, numbers });
      const heard = together(await crew.race('fail', policy, { calls: 4_000 }));
      assert.deepEqual([heard.opened, counted(policy, COUNT_OPENED), generation(policy)], [1, 1, 1]);
      // Those on their way when it opened were let through too.
      assert.ok(heard.admitted >= 4_000);
      assert.ok(heard.admitted < SIZE * 4_000);
      assert.equal(policy.kernels.breakerState(policy.slot.at, 1_000_000), 2);
    });
  }

  it('have as many trials between them as there are permits', async () => {
    for (const trials of [1, 3, 100]) {
      const policy = crew.policy({ features: F_BREAKER, numbers: { trials, openMs: 10 } });
      policy.kernels.breakerForce(policy.slot.at, 0, 10);
      const heard = together(await crew.race('ask', policy, { calls: 2_000 }));
      assert.deepEqual([heard.admitted, heard.trials, heard.halfOpened], [trials, trials, 1]);
    }
  });

  it('have never more undecided trials than permits, and each move is told once', async () => {
    const trials = 3;
    const numbers = { trials, consecutive: 3, openMs: 0, trialWaitMs: 1e9 };
    const policy = crew.policy({ features: F_BREAKER, numbers });
    const watch = new SharedArrayBuffer(4 * (1 + 65_536));
    const results = await crew.race('struggle', policy, { calls: 50_000, watch });
    const most = Math.max(...results.map((result) => result.most));
    assert.ok(most <= trials && most > 0, `${most} trials at once`);
    const heard = together(results);
    const moves = [COUNT_OPENED, COUNT_REOPENED, COUNT_CLOSED].map((offset) => counted(policy, offset));
    assert.deepEqual([heard.opened, heard.reopened, heard.closed], moves);
    const halfOpened = counted(policy, COUNT_HALF_OPENED);
    // An opening lasts no time here: a call that is put to sleep on its way may turn a second one, and tells of one.
    assert.ok(
      heard.halfOpened <= halfOpened && heard.halfOpened > 0.9 * halfOpened,
      `told ${heard.halfOpened}`,
    );
    assert.equal(generation(policy), moves[0] + moves[1] + moves[2] + halfOpened);
    assert.ok(
      heard.closed > 10 && heard.reopened > 10,
      `${heard.closed} closings, ${heard.reopened} reopenings`,
    );
    assert.equal(undecided(policy), 0);
  });
});

function undecided({ plane, slot }: Given): number {
  const word = new BigInt64Array(plane.memory.buffer)[(slot.at + BREAKER_STATE) >> 3];
  return Number((word >> 36n) & 7n) === 1 ? Number((word >> 24n) & 0xfffn) : 0;
}
