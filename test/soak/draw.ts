// Draws from a seed, and what they choose.

import { seededRandom } from '../../src/testing/index.ts';

export interface Draw {
  /** From 0 to below 1. */
  share(): number;
  /** A whole number from 0 to below `below`. */
  below(below: number): number;
  /** True so often. */
  chance(share: number): boolean;
  pick<T>(among: readonly T[]): T;
  /** One of several acts, by their weights. */
  act<T>(acts: readonly (readonly [weight: number, act: () => T])[]): T;
}

export function drawFrom(seed: number | string): Draw {
  const random = seededRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  return {
    share: random,
    below,
    chance: (share) => random() < share,
    pick: (among) => among[below(among.length)],
    act(acts) {
      const all = acts.reduce((sum, [weight]) => sum + weight, 0);
      let at = random() * all;
      for (const [weight, act] of acts) {
        at -= weight;
        if (at < 0) return act();
      }
      return acts[0][1]();
    },
  };
}
