// Jobs of threads that change the options while others go by them.

import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { bucket } from '../state/given.ts';
import { NOW, type Stage } from './jobs.ts';

/** Rates of one bucket that have nothing in common but its tokens. */
const SCALES = [0.001, 1, 50, 1_000, 1e6];

/** As many as make the ring of options go round a few times. */
export const CHANGES = 40;

/** All numbers there are, of one value. */
export function allOf(numbers: PolicyNumbers, value: number): PolicyNumbers {
  return Object.fromEntries(Object.keys(numbers).map((name) => [name, value])) as PolicyNumbers;
}

export const optionJobs = {
  /** Half of the threads change the rate, as long as the other half takes what there is: permits taken. */
  takeWhileChanging: (
    { kernels, slot, member, random }: Stage,
    { tries, burst, done }: { tries: number; burst: number; done: SharedArrayBuffer },
  ) => {
    const finished = new Int32Array(done);
    const numbers = SCALES.map((rate) => bucket(rate, burst));
    return () => {
      let taken = 0;
      if (member < 2) {
        // Not before there were changes enough, though the changing threads may have had to wait for a core.
        for (let i = 0; i < tries || slot.version < CHANGES; i++) {
          if (kernels.rateAcquire(slot.at, NOW, 1) === 0) taken++;
        }
        Atomics.add(finished, 0, 1);
      } else {
        while (Atomics.load(finished, 0) < 2) slot.publish(() => numbers[random(numbers.length)], NOW);
      }
      return taken;
    };
  },

  /** Half of the threads give all numbers one value, and count; the other half reads: values seen, and mixtures. */
  readWhileChanging: (
    { slot, member }: Stage,
    { turns, done }: { turns: number; done: SharedArrayBuffer },
  ) => {
    const finished = new Int32Array(done);
    const names = Object.keys(slot.numbers) as (keyof PolicyNumbers)[];
    return () => {
      const seen = { published: 0, values: 0, mixed: 0, backwards: 0 };
      if (member < 2) {
        for (let i = 0; i < turns; i++) {
          if (slot.publish((numbers) => allOf(numbers, numbers.trials + 1), NOW)) seen.published++;
        }
        Atomics.add(finished, 0, 1);
        return seen;
      }
      for (let last = 0; Atomics.load(finished, 0) < 2; ) {
        const { numbers } = slot;
        if (numbers.trials !== last) seen.values++;
        if (numbers.trials < last) seen.backwards++;
        if (names.some((name) => numbers[name] !== numbers.trials)) seen.mixed++;
        last = numbers.trials;
      }
      return seen;
    };
  },
};
