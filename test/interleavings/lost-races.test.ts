// The shipped kernels in a thread that loses every race: their loops end, and what they answer then takes nothing.
// Before each compare-and-swap the word is made another one, and put right again before the next access.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import type { Kernels } from '../../src/state/kernels.ts';
import { KERNELS_BASE64 } from '../../src/state/kernels.wasm.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { World } from '../twin/world.ts';
import { instrumented } from './harness/instrumented.ts';

const NOW_MS = 5;
const NEVER = Number.POSITIVE_INFINITY;
const ODD = 0x5555_5555;

const { binary, sites } = await instrumented(new Uint8Array(Buffer.from(KERNELS_BASE64, 'base64')));
const module = new WebAssembly.Module(binary.slice());

/** Which words are lost: by address, in bytes. */
let lost: (address: number) => boolean = () => false;
/** A word that is another one whenever it is looked at: its address, or none. */
let restless = -1;
/** Races lost since the scene began. */
let races = 0;

function losingKernels(memory: WebAssembly.Memory): Kernels {
  const i32 = new Int32Array(memory.buffer);
  let spoilt = -1;
  const putRight = () => {
    if (spoilt >= 0) Atomics.xor(i32, spoilt, ODD);
    spoilt = -1;
  };
  const step = (site: number, _part: number, address: number) => {
    putRight();
    if (address === restless) Atomics.add(i32, address >> 2, 1);
    if (sites[site].operation === 'cmpxchg' && lost(address)) {
      spoilt = address >> 2;
      Atomics.xor(i32, spoilt, ODD);
      races++;
    }
    return 0;
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, step } });
  const whole =
    (kernel: (...args: number[]) => number) =>
    (...args: number[]) => {
      const answer = kernel(...args);
      putRight();
      return answer;
    };
  const kernels = Object.entries(exports).map(([name, each]) => [name, whole(each as never)]);
  return Object.fromEntries(kernels) as unknown as Kernels;
}

const world = new World(losingKernels);

function given(features: number, numbers: Partial<PolicyNumbers> = {}, keyCells = 0) {
  lost = () => false;
  const calm = { minCalls: 1, failureRate: 0.5, slowMs: NEVER, slowRate: 2, trials: 1, openMs: 1_000 };
  const bucket = { units: 1, unitsPerMs: 1, burstUnits: 4, maxDebtMs: NEVER };
  world.begin({
    features,
    numbers: { ...calm, ...bucket, maxConcurrent: 2, maxQueue: 9, ...numbers },
    windowCalls: 10,
    nowMs: NOW_MS,
    generation: 0,
    keyCells,
  });
  races = 0;
  const { slot, kernels: k, at } = world;
  const [cell, row, fence] = [at.cell(0), at.row(0), world.fences[0]];
  const admit = () => k.admit(slot, cell, row, fence, NOW_MS, 1, 0.5, 0);
  const settle = (ticket: number, verdict: number) =>
    k.settle(slot, cell, fence, ticket, NOW_MS, NOW_MS, verdict, layout.S_VERDICT, -1);
  return { k, slot, cell, row, fence, admit, settle };
}

/** What `act` answers when it loses every race for the words that `which` tells by their addresses. */
function loses<T>(act: () => T, which: (address: number) => boolean = () => true): T {
  const before = races;
  lost = which;
  const answer = act();
  lost = () => false;
  assert.ok(races > before && races - before < 20_000, `${races - before} races lost`);
  return answer;
}

describe('a kernel under which the options change whenever it looks', () => {
  it('refuses a call for the limiter’s sake, and gives the slot back', () => {
    const { k, slot, admit } = given(layout.F_RATE | layout.F_BULKHEAD);
    const first = slot + layout.OPTIONS_AT;
    for (let block = 1; block < layout.OPTIONS_RING; block++) {
      const to = first + block * layout.OPTIONS_BYTES;
      world.at.bytes.copyWithin(to, first, first + layout.OPTIONS_BYTES);
    }
    restless = slot + layout.SLOT_VERSION;
    const answer = admit();
    restless = -1;
    assert.equal(answer, layout.R_RATE);
    world.at.i32[(slot + layout.SLOT_VERSION) >> 2] = 0;
    assert.deepEqual([k.bulkheadActive(slot), k.rateAvailable(slot, NOW_MS)], [0, 4]);
  });
});

describe('a kernel that loses every race', () => {
  it('tells a caller of a bucket to wait, and takes nothing', () => {
    const { k, slot } = given(layout.F_RATE);
    assert.ok(loses(() => k.rateAcquire(slot, NOW_MS, 1)) > 0);
    assert.ok(loses(() => k.rateReserve(slot, NOW_MS, 1)) < 0);
    assert.equal(k.rateAvailable(slot, NOW_MS), 4);
  });

  it('refuses a call for the limiter’s sake, and gives the slot back', () => {
    const { k, slot, admit } = given(layout.F_RATE | layout.F_BULKHEAD);
    const answer = loses(admit, (address) => address === slot + layout.RATE_TAT);
    assert.equal(answer, layout.R_RATE);
    assert.deepEqual([k.bulkheadActive(slot), k.rateAvailable(slot, NOW_MS)], [0, 4]);
  });

  it('finds no bucket for a key, and takes none', () => {
    const { k, slot, row } = given(layout.F_RATE | layout.F_KEYED, {}, 8);
    k.keyHash(row, 1);
    assert.equal(
      loses(() => k.keyedAcquire(slot, row, NOW_MS, 1)),
      -4,
    );
    assert.equal(k.keyedLive(slot, NOW_MS), 0);
  });

  it('gets no slot and no place', () => {
    const { k, slot, cell, fence } = given(layout.F_BULKHEAD);
    assert.ok(loses(() => k.bulkheadEnter(slot, cell, fence)) < 0);
    assert.equal(
      loses(() => k.lineJoin(slot, cell, fence)),
      -2,
    );
    assert.equal(k.bulkheadActive(slot), 0);
  });

  it('opens no breaker, by hand or by what it counts, and does not say that it did', () => {
    for (const [features, consecutive] of [
      [layout.F_BREAKER, 1],
      [layout.F_BREAKER | layout.F_WINDOW_CALLS, 0],
    ]) {
      const { k, slot, admit, settle } = given(features, { consecutive });
      assert.equal(
        loses(() => k.breakerForce(slot, NOW_MS, 1_000)),
        0,
      );
      const words = [layout.BREAKER_STATE, layout.BREAKER_TOTALS];
      for (const word of features & layout.F_WINDOW_CALLS ? words : words.slice(0, 1)) {
        const ticket = admit();
        const answer = loses(
          () => settle(ticket, layout.V_FAILURE),
          (address) => address === slot + word,
        );
        assert.equal(answer, 0);
        assert.equal(k.breakerState(slot, NOW_MS), 0);
      }
    }
  });

  it('decides no trial, and does not say that it did', () => {
    const { k, slot, admit, settle } = given(layout.F_BREAKER, { consecutive: 1, openMs: 0 });
    settle(admit(), layout.V_FAILURE);
    const trial = admit();
    assert.ok(trial & layout.T_TRIAL);
    const answer = loses(
      () => settle(trial, layout.V_SUCCESS),
      (address) => address === slot + layout.BREAKER_STATE,
    );
    assert.equal(answer, 0);
    assert.equal(k.breakerState(slot, NOW_MS), 1, 'still half-open');
  });

  it('gives no trial of a dead thread back, and counts none', () => {
    const { k, slot, cell, fence, admit, settle } = given(layout.F_BREAKER, { consecutive: 1, openMs: 0 });
    settle(admit(), layout.V_FAILURE);
    assert.ok(admit() & layout.T_TRIAL);
    const returned = loses(
      () => k.reclaim(slot, cell, 1, fence + 1),
      (address) => address === slot + layout.BREAKER_STATE,
    );
    assert.equal(returned, 0);
  });

  it('counts what it can, and ends', () => {
    const { k, slot } = given(layout.F_BUDGET);
    loses(() => k.budgetAdd(slot, NOW_MS, 1, 1));
    assert.equal(k.budgetCount(slot, NOW_MS, 0), 0);
  });
});
