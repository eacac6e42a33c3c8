// Races played in one thread: hands are laid on `Atomics`, which the twin asks each time.

import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { NEVER } from './arbitraries.ts';
import { World } from './world.ts';

const { add, compareExchange, load } = Atomics;
export const NOW_MS = 5;
const TWIN = 0;
const KERNEL = 1;

type Swap = (words: BigInt64Array, index: number, expected: bigint, next: bigint) => bigint;

/** Puts something else in the place of compare-and-swap, until the scene is over. */
export function instead(swap: Swap): void {
  Object.assign(Atomics, { compareExchange: swap });
}

/** Somebody is always faster: what is found is never what was expected. */
export const losing: Swap = (_words, _index, expected) =>
  typeof expected === 'bigint' ? ~expected : (~(expected as number) as never);

/** Runs `meanwhile` just before swap number `count`, from 1. */
export function before(count: number, meanwhile: (words: BigInt64Array, index: number) => void): void {
  let left = count;
  instead((words, index, expected, next) => {
    if (--left === 0) meanwhile(words, index);
    return compareExchange(words, index, expected, next);
  });
}

export function given(features: number, numbers: Partial<PolicyNumbers> = {}, keyCells = 0) {
  const world = new World(twinKernels, wasmKernels);
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
  world.turn(TWIN);
  const { slot, kernels: k } = world;
  const [cell, row, fence] = [world.at.cell(0), world.at.row(0), world.fences[0]];
  const admit = (draw = 0.5, nowMs = NOW_MS) => k.admit(slot, cell, row, fence, nowMs, 1, draw, 0);
  const settle = (ticket: number, verdict: number) =>
    k.settle(slot, cell, fence, ticket, NOW_MS, NOW_MS, verdict, 7, -1);
  return { world, k, slot, cell, row, fence, admit, settle };
}

/** What the kernel side of the same memory answers, while the twin stands still. */
export function elsewhere(world: World, act: (k: World['kernels']) => void): void {
  world.turn(KERNEL);
  act(world.kernels);
  world.turn(TWIN);
}

/** Takes all hands off again. */
export function handsOff(): void {
  Object.assign(Atomics, { add, compareExchange, load });
}

/** Runs `meanwhile` once, just before the word at this address would be changed. */
export function beforeSwapOf(address: number, meanwhile: () => void): void {
  let waits = true;
  instead((words, index, expected, next) => {
    if (waits && index === address >> 3 && typeof expected === 'bigint') {
      waits = false;
      meanwhile();
    }
    return compareExchange(words, index, expected, next);
  });
}
