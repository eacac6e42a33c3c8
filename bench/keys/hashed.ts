// A decision by itself: the kernel's, on keys whose hashes are known, at a time that stands still.

import process from 'node:process';
import { F_KEYED, F_RATE, F_SHARED_KEYS, THREAD_HASH } from '../../assembly/layout.ts';
import { bucket, givenPlane, givenPolicy } from '../../test/state/given.ts';
import { keyOf, sampleOf } from './rounds.ts';

const A_DAY_S = 86_400;

/** A table with so many live keys; a round of decisions on them answers with the nanoseconds of one. */
export function hashedRounds(keys: number): (times: number) => number {
  const plane = givenPlane({ policies: 1, threads: 1, keys: 2 ** Math.ceil(Math.log2(keys)) * 2 });
  const { kernels, slot, useKey } = givenPolicy(
    {
      features: F_RATE | F_KEYED | F_SHARED_KEYS,
      numbers: bucket(1 / A_DAY_S, 1_000, true),
      maxKeys: keys,
    },
    plane,
  );
  const row = plane.rowAt;
  const word = (row + THREAD_HASH) >> 2;
  for (let i = 0; i < keys; i++) {
    useKey(keyOf(i));
    if (kernels.keyedAcquire(slot.at, row, 0, 1) !== 0) throw new Error(`${keyOf(i)} got no bucket`);
  }
  const sample = sampleOf(keys);
  const hashes = new Int32Array(2 * sample.length);
  for (const [i, key] of sample.entries()) {
    useKey(key);
    hashes.set(plane.i32.subarray(word, word + 2), 2 * i);
  }
  let at = 0;
  return (times) => {
    const { i32 } = plane;
    let given = 0;
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) {
      i32[word] = hashes[2 * at];
      i32[word + 1] = hashes[2 * at + 1];
      if (kernels.keyedAcquire(slot.at, row, 0, 1) === 0) given++;
      at = at + 1 === sample.length ? 0 : at + 1;
    }
    const ns = Number(process.hrtime.bigint() - start) / times;
    if (given !== times) throw new Error(`${given} of ${times} permits were given`);
    return ns;
  };
}
