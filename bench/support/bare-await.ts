// What the machine makes of an await at this moment: what absolute limits are scaled by.

import { figureOf } from './figures.ts';

const TIMES = 50_000;
const ROUNDS = 8;

/** Nanoseconds of awaiting a function that answers at once. Asked before and after a bench, the lower one counts. */
export async function bareAwaitNs(): Promise<number> {
  const taken: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const startMs = performance.now();
    for (let i = 0; i < TIMES; i++) await answer(i);
    if (round >= 0) taken.push(((performance.now() - startMs) * 1e6) / TIMES);
  }
  return figureOf(taken).best;
}

async function answer(value: number): Promise<number> {
  return value;
}
