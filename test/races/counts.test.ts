import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CALLS_AT,
  COUNT_BREAKER_FAILURE,
  COUNT_BREAKER_SUCCESS,
  COUNT_DURATION_US,
  COUNT_FAILURE,
  COUNT_IGNORED,
  COUNT_SUCCESS,
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_COUNTED,
  F_LATENCY,
  F_THROTTLE,
  F_VIEW_BUDGET,
  F_VIEW_TIMEOUT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
} from '../../assembly/layout.ts';
import type { Given } from '../state/given.ts';
import { latenciesIn } from '../support/histogram.ts';
import { assemble, type Crew, SIZE, sum, together } from './crew.ts';
import { NOW } from './jobs.ts';

const CALLS = 15_000;
const ALL =
  F_COUNTED |
  F_BUDGET |
  F_LATENCY |
  F_ATTEMPTS |
  F_VIEW_BUDGET |
  F_VIEW_TIMEOUT |
  F_THROTTLE |
  F_BREAKER |
  F_WINDOW_TIME;

describe('threads that count together', () => {
  let crew: Crew;
  before(async () => {
    crew = await assemble();
  });
  after(() => crew.dismiss());

  const given = (features: number, windowCalls = 0) =>
    crew.policy({
      features,
      windowCalls,
      windowBuckets: 10,
      bucketMs: 10_000,
      budgetBucketMs: 60_000,
      throttleBucketMs: 10_000,
      viewMs: [80_000, 80_000, 0, 0],
    });
  const counted = ({ kernels, slot }: Given, offset: number) => kernels.counted(slot.at, offset);

  it('lose no call, whichever window or histogram it went to', async () => {
    const policy = given(ALL);
    const { kernels, slot } = policy;
    const { success, failure, ignored, durationMs } = together(
      await crew.race('call', policy, { calls: CALLS, spanMs: 0 }),
    );
    const decided = success + failure;
    assert.equal(decided + ignored, SIZE * CALLS);
    assert.deepEqual(
      [COUNT_SUCCESS, COUNT_FAILURE, COUNT_IGNORED, COUNT_BREAKER_SUCCESS, COUNT_BREAKER_FAILURE].map(
        (offset) => counted(policy, offset),
      ),
      [success, failure, ignored, success, failure],
    );
    assert.equal(counted(policy, COUNT_DURATION_US), durationMs * 1_000);
    assert.deepEqual(
      [kernels.budgetCount(slot.at, NOW, 0), kernels.budgetCount(slot.at, NOW, 1)],
      [decided, failure],
    );
    assert.deepEqual(
      [0, 1].map((which) => latenciesIn(kernels, slot.at, which)),
      [decided, decided],
    );
    assert.deepEqual(
      [0, 1, 3].map((which) => kernels.breakerCount(slot.at, NOW, which)),
      [decided, failure, ignored],
    );
    assert.deepEqual(
      [kernels.throttleCount(slot.at, NOW, 0), kernels.throttleCount(slot.at, NOW, 1)],
      [SIZE * CALLS, success + ignored],
    );
  });

  it('lose none while buckets and slices begin', async () => {
    const policy = given(ALL);
    const { kernels, slot } = policy;
    const spanMs = 89_000;
    const { success, failure } = together(await crew.race('call', policy, { calls: CALLS, spanMs }));
    const decided = success + failure;
    const end = NOW + spanMs;
    assert.deepEqual(
      [kernels.budgetCount(slot.at, end, 0), kernels.budgetCount(slot.at, end, 1)],
      [decided, failure],
    );
    assert.deepEqual(
      [kernels.burnCount(slot.at, end, 3_600_000, 0), kernels.breakerCount(slot.at, end, 0)],
      [decided, decided],
    );
    assert.deepEqual(
      [0, 1].map((which) => latenciesIn(kernels, slot.at, which)),
      [decided, decided],
    );
    assert.equal(kernels.throttleCount(slot.at, end, 0), SIZE * CALLS);
  });

  it('keep the sums of a window of calls in step with its cells', async () => {
    for (const windowCalls of [7, 100, 4_096]) {
      const policy = given(F_BREAKER | F_WINDOW_CALLS, windowCalls);
      await crew.race('call', policy, { calls: CALLS, spanMs: 0 });
      const { kernels, slot } = policy;
      const cells = cellsOf(policy, windowCalls);
      assert.deepEqual(
        [kernels.breakerCount(slot.at, NOW, 0), kernels.breakerCount(slot.at, NOW, 1)],
        [windowCalls, cells.filter((cell) => (cell >> 37n) & 1n).length],
        `of ${windowCalls}`,
      );
    }
  });

  it('share the retries of a budget between them, none of them twice', async () => {
    const policy = crew.policy({ numbers: { retryRatio: 0, retryFloor: 3_000 } });
    const allowed = sum(await crew.race('retry', policy, { tries: 20_000 }));
    assert.ok(allowed <= 30_000, String(allowed));
    assert.equal(policy.kernels.retryLeft(policy.slot.at, NOW), 30_000 - allowed);
    assert.ok(allowed > 29_990, String(allowed));
  });

  it('hear each event once and in the order of its writer, or how many were lost', async () => {
    const events = 5_000;
    const [{ heard, lost }] = await crew.race('tell', crew.policy({}), { events, size: SIZE });
    assert.equal(sum(heard.map((numbers) => numbers.length)) + lost, events * (SIZE - 1));
    for (const numbers of heard) {
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(numbers).size, numbers.length);
    }
    assert.ok(sum(heard.map((numbers) => numbers.length)) > 0);
  });
});

function cellsOf({ plane, slot }: Given, count: number): bigint[] {
  const words = new BigInt64Array(plane.memory.buffer);
  return Array.from(words.subarray((slot.at + CALLS_AT) >> 3, ((slot.at + CALLS_AT) >> 3) + count));
}
