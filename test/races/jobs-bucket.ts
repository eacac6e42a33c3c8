// Jobs on token buckets, plain ones and those of keys.

import { THREAD_SCRATCH } from '../../assembly/layout.ts';
import { NOW, type Stage } from './jobs.ts';

export const bucketJobs = {
  /** Takes 1 to `most` permits, `tries` times: how many permits there were. */
  take:
    ({ kernels, slot, random }: Stage, { tries, most }: { tries: number; most: number }) =>
    () => {
      let taken = 0;
      for (let i = 0; i < tries; i++) {
        const permits = most === 1 ? 1 : 1 + random(most);
        if (kernels.rateAcquire(slot.at, NOW, permits) === 0) taken += permits;
      }
      return taken;
    },

  /** Takes, reserves and gives back at random: how many permits it has in the end. */
  exchange:
    ({ kernels, slot, random }: Stage, { turns }: { turns: number }) =>
    () => {
      let mine = 0;
      for (let i = 0; i < turns; i++) {
        const permits = 1 + random(3);
        const act = random(3);
        if (act === 0 && kernels.rateAcquire(slot.at, NOW, permits) === 0) mine += permits;
        if (act === 1 && kernels.rateReserve(slot.at, NOW, permits) >= 0) mine += permits;
        if (act === 2 && mine >= permits) {
          kernels.rateRefund(slot.at, NOW, permits);
          mine -= permits;
        }
      }
      return mine;
    },

  /** Asks for a permit of each of `keys` keys, `rounds` times, in an order of its own: how many each one gave. */
  takeKeyed(stage: Stage, { keys, rounds }: { keys: number; rounds: number }) {
    const { kernels, slot, rowAt } = stage;
    const hashes = keyHashes(stage, keys);
    const order = shuffled(stage, keys);
    return () => {
      const taken = new Uint32Array(keys);
      for (let round = 0; round < rounds; round++) {
        for (const key of order) {
          hashes.use(key);
          if (kernels.keyedAcquire(slot.at, rowAt, NOW, 1) === 0) taken[key]++;
        }
      }
      return taken;
    };
  },
};

/** Hashes of keys, made before the race. */
function keyHashes({ plane, kernels, rowAt }: Stage, keys: number) {
  const words = new BigInt64Array(plane.memory.buffer);
  const word = (rowAt + 64) >> 3;
  const hashes = Array.from({ length: keys }, (_, key) => {
    plane.i32[(rowAt + THREAD_SCRATCH) >> 2] = key;
    kernels.keyHash(rowAt, 4);
    return words[word];
  });
  return {
    use: (key: number) => {
      words[word] = hashes[key];
    },
  };
}

function shuffled({ random }: Stage, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
