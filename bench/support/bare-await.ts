// What the machine makes of an await at this moment: what limits in nanoseconds are scaled by.

import process from 'node:process';

const TIMES = 50_000;

/** Nanoseconds of awaiting a function that answers at once, in one short round. */
export async function bareAwaitRound(): Promise<number> {
  const start = process.hrtime.bigint();
  for (let i = 0; i < TIMES; i++) await answer(i);
  return Number(process.hrtime.bigint() - start) / TIMES;
}

async function answer(value: number): Promise<number> {
  return value;
}
