// Jobs that count: whole calls, attempts, retries; and events that are written and read.

import { S_CALL, S_VERDICT, V_FAILURE, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { RING_KINDS, RingReader, writeEvent } from '../../src/state/event-ring.ts';
import { NOW, type Stage } from './jobs.ts';

const VERDICTS = [V_SUCCESS, V_FAILURE, V_IGNORED];

export const countJobs = {
  /** Makes `calls` calls that end by chance, each lasting 1 to 50 ms, over `spanMs` of time: how they ended. */
  call: (
    { kernels, slot, rowAt, fence, random }: Stage,
    { calls, spanMs }: { calls: number; spanMs: number },
  ) => {
    const { at, cell } = slot;
    return () => {
      const ended = { success: 0, failure: 0, ignored: 0, durationMs: 0 };
      for (let i = 0; i < calls; i++) {
        const now = NOW + Math.floor((i * spanMs) / calls);
        const ms = 1 + random(50);
        const verdict = VERDICTS[random(3)];
        const ticket = kernels.admit(at, cell, rowAt, fence, now, 1, 0.999, 0);
        if (ticket < 0) throw new Error(`refused with ${ticket}`);
        kernels.settle(at, cell, fence, ticket, now - ms, now, verdict, S_VERDICT | S_CALL, -1);
        kernels.retryDeposit(at, NOW);
        ended.durationMs += ms;
        if (verdict === V_SUCCESS) ended.success++;
        else if (verdict === V_FAILURE) ended.failure++;
        else ended.ignored++;
      }
      return ended;
    };
  },

  /** Asks for `tries` retries: how many it may make. */
  retry:
    ({ kernels, slot }: Stage, { tries }: { tries: number }) =>
    () => {
      let allowed = 0;
      for (let i = 0; i < tries; i++) allowed += kernels.retryWithdraw(slot.at, NOW);
      return allowed;
    },

  /** Thread 0 reads the ring until all others have written `events` events each: what it heard, and what it lost. */
  tell: ({ plane, member }: Stage, { events, size }: { events: number; size: number }) => {
    const reader = new RingReader(plane);
    return () => {
      const heard: number[][] = Array.from({ length: size }, () => []);
      let lost = 0;
      if (member === 0) {
        let told = 0;
        while (told + lost < events * (size - 1)) {
          reader.read(
            ({ thread, extra }) => {
              heard[thread].push(extra);
              told++;
            },
            (many) => {
              lost += many;
            },
          );
        }
      } else {
        for (let extra = 0; extra < events; extra++) {
          const kind = RING_KINDS[extra % RING_KINDS.length];
          const [from, to] = [member + extra, member - extra];
          writeEvent(plane, { kind, slot: 1, generation: 1, from, to, extra, atMs: NOW, thread: member });
        }
      }
      return { heard, lost };
    };
  },
};
