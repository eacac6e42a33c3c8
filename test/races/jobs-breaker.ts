// Jobs on circuit breakers.

import {
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
  R_TURNED,
  S_VERDICT,
  T_HALF_OPENED,
  T_TRIAL,
  V_FAILURE,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { NOW, type Stage } from './jobs.ts';

const GENERATIONS = 0xffffff;

/** What one thread was told of the moves of a breaker. */
function hearing() {
  const heard = { admitted: 0, trials: 0, halfOpened: 0, opened: 0, reopened: 0, closed: 0 };
  return {
    heard,
    admission(ticket: number): void {
      // Who turns the breaker may still be refused, when others are faster.
      if (ticket <= -R_TURNED) heard.halfOpened++;
      if (ticket < 0) return;
      heard.admitted++;
      if (ticket & T_TRIAL) heard.trials++;
      if (ticket & T_HALF_OPENED) heard.halfOpened++;
    },
    outcome(events: number): void {
      if (events & E_OPENED) heard.opened++;
      if (events & E_REOPENED) heard.reopened++;
      if (events & E_CLOSED) heard.closed++;
    },
  };
}

export const breakerJobs = {
  /** Makes `calls` calls, each of which fails. */
  fail: ({ kernels, slot, rowAt, fence }: Stage, { calls }: { calls: number }) => {
    const { at, cell } = slot;
    return () => {
      const { heard, admission, outcome } = hearing();
      for (let i = 0; i < calls; i++) {
        const ticket = kernels.admit(at, cell, rowAt, fence, NOW, 1, 0, 0);
        admission(ticket);
        if (ticket >= 0) outcome(kernels.settle(at, cell, fence, ticket, NOW, NOW, V_FAILURE, S_VERDICT, -1));
      }
      return heard;
    };
  },

  /** Asks `calls` times and reports nothing. */
  ask: ({ kernels, slot, rowAt, fence }: Stage, { calls }: { calls: number }) => {
    return () => {
      const { heard, admission } = hearing();
      for (let i = 0; i < calls; i++)
        admission(kernels.admit(slot.at, slot.cell, rowAt, fence, NOW, 1, 0, 0));
      return heard;
    };
  },

  /**
   * Calls that fail and succeed by chance, some of them pending at a time. `watch` counts the undecided trials of
   * each generation, and keeps the highest count it saw in its first word.
   */
  struggle: (
    { kernels, slot, rowAt, fence, random }: Stage,
    { calls, watch }: { calls: number; watch: SharedArrayBuffer },
  ) => {
    const { at, cell } = slot;
    const undecided = new Int32Array(watch);
    const wordOf = (ticket: number) => 1 + ((ticket & GENERATIONS) % (undecided.length - 1));
    return () => {
      const { heard, admission, outcome } = hearing();
      const pending: number[] = [];
      let most = 0;
      function begin(): void {
        const ticket = kernels.admit(at, cell, rowAt, fence, NOW, 1, 0, 0);
        admission(ticket);
        if (ticket < 0) return;
        pending.push(ticket);
        if (ticket & T_TRIAL) most = Math.max(most, Atomics.add(undecided, wordOf(ticket), 1) + 1);
      }
      function end(): void {
        const ticket = pending.splice(random(pending.length), 1)[0];
        if (ticket & T_TRIAL) Atomics.sub(undecided, wordOf(ticket), 1);
        const verdict = ticket & T_TRIAL ? random(3) : random(8) === 0 ? V_FAILURE : V_SUCCESS;
        outcome(kernels.settle(at, cell, fence, ticket, NOW, NOW, verdict, S_VERDICT, -1));
      }
      for (let i = 0; i < calls; i++) {
        if (pending.length === 0 || (pending.length < 4 && random(2) === 0)) begin();
        else end();
      }
      while (pending.length > 0) end();
      return { ...heard, most };
    };
  },
};
