// Numbers that half a word has no room for, or that look negative in it: the twin handles words by their halves.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BREAKER_CURSOR,
  F_BREAKER,
  F_LATENCY,
  F_RATE,
  F_VIEW_BUDGET,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  LATENCY_CALLS_AT,
  THREAD_HASH,
} from '../../assembly/layout.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { NEVER } from './arbitraries.ts';
import { same, sameInAllWorlds } from './history.ts';
import { play, type Step } from './steps.ts';
import { type Beginning, World } from './world.ts';

const SUCCESS = 0;
const FAILURE = 1;
const IGNORED = 2;

const CALM: Beginning['numbers'] = {
  minCalls: 3,
  failureRate: 0.3,
  slowMs: NEVER,
  slowRate: 2,
  openMs: 1_000,
  trialRate: 2,
  trialWaitMs: 500,
};

const worlds = [new World(wasmKernels), new World(twinKernels)] as const;

/** Two worlds that begin alike, each made ready by hand. */
function begin(beginning: Beginning, ready: (world: World) => void): void {
  for (const world of worlds) {
    world.begin(beginning);
    ready(world);
  }
}

/** What both worlds answer alike. */
function inBoth(...steps: Step[]): ReturnType<typeof play> {
  let last: ReturnType<typeof play>;
  for (const step of steps) {
    const [answer, other] = worlds.map((world) => play(world, step));
    assert.ok(same(answer, other), `${step[0]}: ${other} where the kernel says ${answer}`);
    last = other;
  }
  assert.deepEqual(worlds[1].at.differences(worlds[0].at), []);
  return last;
}

const admit = (thread = 0): Step => ['admit', thread, 1, 0.5, 0, 'right'];
const settle = (verdict: number): Step => ['settle', 0, verdict, 7, -1, 'right'];
const LOOK: Step = ['lookAtBreaker'];

describe('numbers of the twin that half a word has no room for', () => {
  for (const [name, units] of [
    ['two', 2 ** 31 + 7],
    ['four', 2 ** 32 + 7],
    ['ten', 1e10],
  ] as const) {
    it(`are units of a permit: ${name} billion of them`, () => {
      const numbers = { units, unitsPerMs: units / 4, burstUnits: 2 * units, maxDebtMs: NEVER };
      const steps: Step[] = [
        ['acquire', 1],
        ['lookAtRate', 1],
        ['acquire', 0.5],
        ['pass', 1],
        ['lookAtRate', 2],
        ['reserve', 3],
        ['lookAtRate', 1],
        ['refund', 1],
        ['publish', 0, { maxConcurrent: 3 }, 0],
        ['lookAtRate', 1],
      ];
      sameInAllWorlds({ features: F_RATE, numbers, nowMs: 5, generation: 0 }, steps);
    });
  }

  it('are undecided trials, of which some are given back, and one fails', () => {
    const many = Array.from({ length: 200 }, (_, n) => admit(n & 3));
    const opened: Step[] = [admit(), settle(FAILURE), ['pass', 1_000]];
    const given = Array.from({ length: 100 }, () => [settle(IGNORED), LOOK]).flat();
    const start = { features: F_BREAKER, numbers: { ...CALM, consecutive: 1, trials: 4_095 } };
    for (const ends of [given, [settle(FAILURE), LOOK, ...given], [settle(IGNORED), settle(FAILURE), LOOK]])
      sameInAllWorlds({ ...start, nowMs: 5_000, generation: 3 }, [...opened, ...many, LOOK, ...ends]);
  });

  for (const [name, buckets] of [
    ['two', 2 ** 31 + 1],
    ['four', 2 ** 32 + 1],
  ] as const) {
    it(`are the buckets of a window that began ${name} billion of them ago`, () => {
      const start: Beginning = {
        features: F_BREAKER | F_WINDOW_TIME,
        numbers: CALM,
        windowBuckets: 4,
        bucketMs: 10,
        nowMs: 10 * buckets,
        generation: 0,
      };
      const good: Step[] = [admit(), settle(SUCCESS), LOOK];
      begin(start, () => {});
      inBoth(admit(), settle(FAILURE), ['pass', 10], ...good, ['pass', 10]);
      const [state] = inBoth(...good) as number[];
      assert.equal(state, 2, 'opened by the good call that makes calls enough');
    });
  }

  for (const before of [2 ** 31 - 1, 2 ** 32 - 1]) {
    it(`are the calls that a window has seen: the one after ${before} is in it`, () => {
      const start: Beginning = {
        features: F_BREAKER | F_WINDOW_CALLS,
        numbers: { ...CALM, failureRate: 2 },
        windowCalls: 10,
        nowMs: 5,
        generation: 0,
      };
      begin(start, ({ at, slot }) => {
        at.i32[(slot + BREAKER_CURSOR) >> 2] = before | 0;
      });
      const long: Step[] = [admit(), ['pass', 7], settle(SUCCESS)];
      const looked = inBoth(...long, ...long, LOOK) as number[];
      // State, wait, refusal and word come first; then total … duration.
      assert.equal(looked[4], 2);
      assert.equal(looked[8], 14);
    });
  }

  it('are the latencies of a window in one bucket', () => {
    const start: Beginning = {
      features: F_LATENCY | F_VIEW_BUDGET,
      numbers: {},
      viewMs: [100, 100, 100, 100],
      nowMs: 1_000,
      generation: 0,
    };
    begin(start, () => {});
    inBoth(['record', 0, SUCCESS]);
    for (const many of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      for (const { at, slot } of worlds) at.i32[(slot + LATENCY_CALLS_AT) >> 2] = many | 0;
      const [count, median, within] = inBoth(['lookAtLatency', 0, 0.5, 1]) as number[];
      assert.deepEqual([count, median, within], [many, 0, many]);
    }
  });

  it('are hashes of keys whose halves have no bit in common, as well', () => {
    begin({ features: F_RATE, numbers: {}, nowMs: 0, generation: 0 }, () => {});
    let apart = 0;
    for (let n = 0; n < 30_000; n++) {
      const key = `key-${n}`;
      const [hash, other] = worlds.map((world) => {
        play(world, ['useKey', 0, key, key.length]);
        const at = (world.at.row(0) + THREAD_HASH) >> 2;
        return [world.at.i32[at], world.at.i32[at + 1]] as const;
      });
      if ((hash[0] & hash[1]) === 0) apart++;
      if (hash[0] !== other[0] || hash[1] !== other[1]) assert.fail(`${key}: ${other} where it is ${hash}`);
    }
    assert.ok(apart > 0);
  });
});
