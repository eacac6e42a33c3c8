// Threads that are ended at random while they hold something, and the manager that gives back what they held.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  BREAKER_CONTROL,
  BREAKER_STATE,
  BULKHEAD_ACTIVE,
  F_BREAKER,
  F_BULKHEAD,
  F_LINE,
  LINE_COUNT,
  THREAD_BYTES,
} from '../../assembly/layout.ts';
import { Arena } from '../../src/state/arena.ts';
import { KERNELS_BASE64 } from '../../src/state/kernels.wasm.ts';
import type { PlaneHandle } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { givenPlane, givenPolicy, type PolicyRecipe } from '../state/given.ts';

/** How a life ends: the thread is ended, ends itself, outgrows its memory, or is declared dead and runs on. */
export type End = 'terminate' | 'exit' | 'memory' | 'declared';

/** What is left of all that was held when everything has come back. */
export const NOTHING = { slots: 0, places: 0, isolations: 0, trials: 0 };

const BULKHEAD: PolicyRecipe = {
  features: F_BULKHEAD | F_LINE,
  numbers: { maxConcurrent: 1e6, maxQueue: 1e6 },
};
const ISOLATION: PolicyRecipe = { features: F_BREAKER };
/** Time stands still and an opening lasts no time: a trial is to be had at every moment. */
const BREAKER: PolicyRecipe = {
  features: F_BREAKER,
  numbers: { consecutive: 1, trials: 40, trialRate: 0.9, openMs: 0, trialWaitMs: 1e9 },
};

const [STOP, BEATS] = [0, 1];
const HALF_OPEN = 1;
const binary = Uint8Array.from(Buffer.from(KERNELS_BASE64, 'base64'));

/** Slots of the policies that threads live on. */
interface Ground {
  bulkhead: number;
  isolation: number;
  breaker: number;
}

/** A memory in which `lanes` threads live at a time: one ground is theirs together, and each has one of its own. */
export function killingField(lanes: number) {
  const plane = givenPlane({ policies: 3 * (lanes + 1), threads: lanes + 1, keys: 0 });
  const arena = new Arena(plane);
  const threads = new Threads(plane);
  const make = (recipe: PolicyRecipe) => givenPolicy(recipe, plane, arena).slot.index;
  const makeGround = (): Ground => ({
    bulkhead: make(BULKHEAD),
    isolation: make(ISOLATION),
    breaker: make(BREAKER),
  });
  const common = makeGround();
  const own = Array.from({ length: lanes }, makeGround);

  function left({ bulkhead, isolation, breaker }: Ground) {
    const word = (index: number, offset: number) =>
      Atomics.load(plane.i32, (plane.slotAt(index) + offset) >> 2);
    const words = new BigInt64Array(plane.memory.buffer);
    const state = Atomics.load(words, (plane.slotAt(breaker) + BREAKER_STATE) >> 3);
    return {
      slots: word(bulkhead, BULKHEAD_ACTIVE),
      places: word(bulkhead, LINE_COUNT),
      isolations: word(isolation, BREAKER_CONTROL) >> 2,
      trials: Number((state >> 36n) & 7n) === HALF_OPEN ? Number((state >> 24n) & 0xfffn) : 0,
    };
  }

  function lifeOf({ row, fence }: PlaneHandle, lane: number, end: End, seed: number) {
    const place = (index: number) => ({ at: plane.slotAt(index), cell: plane.cellAt(row, index) });
    const places = ({ bulkhead, isolation, breaker }: Ground) => ({
      bulkhead: place(bulkhead),
      isolation: place(isolation),
      breaker: place(breaker),
    });
    const rowAt = plane.geometry.threadsAt + row * THREAD_BYTES;
    const lifeline = new SharedArrayBuffer(8);
    return { rowAt, fence, grounds: [places(common), places(own[lane])], lifeline, end, seed };
  }

  /** Starts a thread, ends it after so many milliseconds, and gives back what it held: how much that was. */
  async function death(lane: number, end: End, seed: number, afterMs: number): Promise<number> {
    const worker = await born();
    const handle = threads.reserveOnMain();
    const life = lifeOf(handle, lane, end, seed);
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(life);
    if (end === 'terminate') {
      // Now and then it dies before it has begun; on a busy machine all would.
      if (afterMs > 1) await begun(new Int32Array(life.lifeline));
      await passed(afterMs);
      await worker.terminate();
    }
    await exited;
    const { returned } = threads.reclaimOnMain(handle);
    await stopped(new Int32Array(life.lifeline));
    return returned;
  }

  /** One thread that is declared dead again and again while it runs on: how much was given back in all. */
  async function deaths(
    lane: number,
    count: number,
    random: () => number,
    after: () => void,
  ): Promise<number> {
    const worker = await born();
    let returned = 0;
    for (let i = 0; i < count; i++) {
      const handle = threads.reserveOnMain();
      const over = once(worker, 'message');
      worker.postMessage(lifeOf(handle, lane, 'declared', 1 + Math.floor(random() * 2 ** 31)));
      await passed(random() * 2);
      returned += threads.reclaimOnMain(handle).returned;
      await over;
      after();
    }
    await worker.terminate();
    return returned;
  }

  async function born(): Promise<Worker> {
    const worker = new Worker(new URL('./life.mjs', import.meta.url), {
      // Nothing of what the process was started with: a life is to begin soon.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
      workerData: { memory: plane.memory, binary },
    });
    await once(worker, 'message');
    // To be out of memory is an error, and expected.
    worker.on('error', () => undefined);
    return worker;
  }

  return { death, deaths, left: () => left(common), leftOf: (lane: number) => left(own[lane]) };
}

/**
 * Asks a thread to stop that has survived its end, as on Deno, where it runs on until it finds that it is dead: it
 * may still be in its last call of a kernel. Waits until nothing has moved for a while.
 */
async function stopped(words: Int32Array): Promise<void> {
  Atomics.store(words, STOP, 1);
  if (!process.versions.deno) return;
  for (let quiet = 0, beats = -1; quiet < 5; quiet++) {
    if (Atomics.load(words, BEATS) !== beats) quiet = 0;
    beats = Atomics.load(words, BEATS);
    await passed(4);
  }
}

/** Waits until a thread lives, or for as long as any would take to. */
async function begun(words: Int32Array): Promise<void> {
  for (let waited = 0; waited < 2_000 && Atomics.load(words, BEATS) === 0; waited++) await passed(1);
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
