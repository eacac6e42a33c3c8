// Jobs on bulkheads and the line before them.

import { S_RELEASE, T_SLOT } from '../../assembly/layout.ts';
import { NOW, type Stage } from './jobs.ts';

const INSIDE = 0;
const MOST = 1;

/** Notes that somebody came in, and how many were inside at once. */
function enters(watch: Int32Array): void {
  const inside = Atomics.add(watch, INSIDE, 1) + 1;
  for (let most = Atomics.load(watch, MOST); inside > most; most = Atomics.load(watch, MOST)) {
    if (Atomics.compareExchange(watch, MOST, most, inside) === most) break;
  }
}

export const roomJobs = {
  /** Comes in and goes `tries` times, with up to three slots at a time: how often it came in. */
  comeAndGo:
    (
      { kernels, slot, rowAt, fence, random }: Stage,
      { tries, watch }: { tries: number; watch: SharedArrayBuffer },
    ) =>
    () => {
      const { at, cell } = slot;
      const seen = new Int32Array(watch);
      const held: number[] = [];
      let entered = 0;
      function leave(): void {
        Atomics.sub(seen, INSIDE, 1);
        kernels.settle(at, cell, fence, held.pop() as number, NOW, NOW, 0, S_RELEASE, -1);
      }
      for (let i = 0; i < tries; i++) {
        if (held.length < 3 && random(2) === 0) {
          const ticket = kernels.admit(at, cell, rowAt, fence, NOW, 1, 0, 0);
          if (!(ticket >= 0 && ticket & T_SLOT)) continue;
          enters(seen);
          held.push(ticket);
          entered++;
        } else if (held.length > 0) leave();
      }
      while (held.length > 0) leave();
      return entered;
    },

  /** Stands in line and goes away again, `tries` times: the numbers it was given. */
  queue:
    ({ kernels, slot, fence, random }: Stage, { tries }: { tries: number }) =>
    () => {
      const orders: number[] = [];
      let places = 0;
      for (let i = 0; i < tries; i++) {
        if (places < 5 && random(2) === 0) {
          const order = kernels.lineJoin(slot.at, slot.cell, fence);
          if (order < 0) continue;
          orders.push(order);
          places++;
        } else if (places > 0) {
          kernels.lineLeave(slot.at, slot.cell, fence, 1, 1);
          places--;
        }
      }
      if (places > 0) kernels.lineLeave(slot.at, slot.cell, fence, places, places);
      return orders;
    },
};
