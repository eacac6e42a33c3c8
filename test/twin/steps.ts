// What can happen in a world. A step is a name and what it is done with, so that a history that fails can be
// read; playing it gives what the kernels answered.

import { COUNT_RATE_REFUSED, COUNT_RETRY_PAUSE_US, COUNT_SUCCESS, T_SLOT } from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import type { FenceKind, World } from './world.ts';

type Answer = number | undefined | (number | undefined)[];

const encoder = new TextEncoder();

export const STEPS = {
  // Time and threads.
  pass: (w: World, ms: number) => {
    w.nowMs += ms;
  },
  turnBack: (w: World, ms: number) => w.turnBack(ms),
  die: (w: World, thread: number) => {
    const fence = w.fences[thread] + 1;
    const returned = w.kernels.reclaim(w.slot, w.at.cell(thread), thread + 1, fence);
    w.fences[thread] = fence;
    return returned;
  },
  join: (w: World, thread: number) => w.kernels.grant(w.at.cell(thread), w.fences[thread]),
  publish: (w: World, thread: number, change: Partial<PolicyNumbers>, late: number) => {
    w.at.writeBlock(w.at.scratch(thread), { ...w.numbers, ...change });
    const version = w.kernels.publish(w.slot, w.at.scratch(thread), w.version - late, thread + 1, w.nowMs);
    if (version >= 0) w.numbers = { ...w.numbers, ...change };
    return version;
  },

  // A policy's calls.
  admit: (w: World, thread: number, permits: number, draw: number, mode: number, kind: FenceKind) => {
    const { at, slot } = w;
    const fence = w.fence(thread, kind);
    const answer = w.kernels.admit(
      slot,
      at.cell(thread),
      at.row(thread),
      fence,
      w.nowMs,
      permits,
      draw,
      mode,
    );
    if (answer >= 0) w.admissions.push({ ticket: answer, thread, startMs: w.nowMs });
    return answer;
  },
  settle: (w: World, pick: number, verdict: number, what: number, openMs: number, kind: FenceKind) => {
    if (w.admissions.length === 0) return undefined;
    const [{ ticket, thread, startMs }] = w.admissions.splice(pick % w.admissions.length, 1);
    const fence = w.fence(thread, kind);
    return w.kernels.settle(
      w.slot,
      w.at.cell(thread),
      fence,
      ticket,
      startMs,
      w.nowMs,
      verdict,
      what,
      openMs,
    );
  },
  settleAgain: (w: World, thread: number, generation: number, verdict: number) => {
    const ticket = generation | T_SLOT;
    return w.kernels.settle(
      w.slot,
      w.at.cell(thread),
      w.fences[thread],
      ticket,
      w.nowMs,
      w.nowMs,
      verdict,
      7,
      -1,
    );
  },
  record: (w: World, ms: number, verdict: number) => w.kernels.record(w.slot, w.nowMs - ms, w.nowMs, verdict),
  refuse: (w: World, thread: number, permits: number, code: number) =>
    w.kernels.refuse(w.slot, w.at.row(thread), w.nowMs, permits, code),
  count: (w: World, by: number) => w.kernels.count(w.slot, COUNT_RETRY_PAUSE_US, by),

  // Token buckets.
  acquire: (w: World, permits: number) => w.kernels.rateAcquire(w.slot, w.nowMs, permits),
  reserve: (w: World, permits: number) => w.kernels.rateReserve(w.slot, w.nowMs, permits),
  refund: (w: World, permits: number) => w.kernels.rateRefund(w.slot, w.nowMs, permits),
  setTokens: (w: World, tokens: number) => w.kernels.rateSet(w.slot, w.nowMs, tokens),
  lookAtRate: (w: World, permits: number) => [
    w.kernels.rateAvailable(w.slot, w.nowMs),
    w.kernels.rateWait(w.slot, w.nowMs, permits),
  ],
  useKey: (w: World, thread: number, key: string, length: number) => {
    w.at.bytes.set(encoder.encode(key), w.at.scratch(thread));
    return w.kernels.keyHash(w.at.row(thread), length);
  },
  keyedAcquire: (w: World, thread: number, permits: number) =>
    w.kernels.keyedAcquire(w.slot, w.at.row(thread), w.nowMs, permits),
  keyedRefund: (w: World, thread: number, permits: number) =>
    w.kernels.keyedRefund(w.slot, w.at.row(thread), w.nowMs, permits),
  keyedCarry: (w: World, from: number, to: number) => w.kernels.keyedCarry(w.slot, w.nowMs, from, to),
  lookAtKeys: (w: World, thread: number, permits: number) => [
    w.kernels.keyedAvailable(w.slot, w.at.row(thread), w.nowMs),
    w.kernels.keyedWait(w.slot, w.at.row(thread), w.nowMs, permits),
    w.kernels.keyedLive(w.slot, w.nowMs),
  ],

  // The operator's hand.
  force: (w: World, openMs: number) => w.kernels.breakerForce(w.slot, w.nowMs, openMs),
  mode: (w: World, mode: number) => w.kernels.breakerMode(w.slot, mode),
  isolate: (w: World, thread: number, by: number, kind: FenceKind) =>
    w.kernels.breakerIsolate(w.slot, w.at.cell(thread), w.fence(thread, kind), by),
  restore: (w: World, state: number, row: number, leftMs: number) =>
    w.kernels.breakerRestore(w.slot, w.nowMs, state, row, leftMs),
  prepareOpenMs: (w: World, ms: number) => w.prepareOpenMs(ms),
  lookAtBreaker: (w: World) => [
    w.kernels.breakerState(w.slot, w.nowMs),
    w.kernels.breakerWait(w.slot, w.nowMs),
    w.kernels.breakerRefuses(w.slot, w.nowMs),
    w.kernels.breakerWord(w.slot),
    ...[0, 1, 2, 3, 4, 5].map((which) => w.kernels.breakerCount(w.slot, w.nowMs, which)),
  ],

  // Bulkhead and line.
  enter: (w: World, thread: number, kind: FenceKind) =>
    w.kernels.bulkheadEnter(w.slot, w.at.cell(thread), w.fence(thread, kind)),
  leave: (w: World, thread: number, kind: FenceKind) =>
    w.kernels.bulkheadReturn(w.slot, w.at.cell(thread), w.fence(thread, kind)),
  joinLine: (w: World, thread: number, kind: FenceKind) =>
    w.kernels.lineJoin(w.slot, w.at.cell(thread), w.fence(thread, kind)),
  leaveLine: (w: World, thread: number, kind: FenceKind, places: number, granted: number) =>
    w.kernels.lineLeave(w.slot, w.at.cell(thread), w.fence(thread, kind), places, granted),
  head: (w: World, thread: number, order: number, costs: number) =>
    w.kernels.lineHead(w.at.cell(thread), order, costs),
  lookAtLine: (w: World, order: number) => [
    w.kernels.bulkheadActive(w.slot),
    w.kernels.bulkheadCapacity(w.slot),
    w.kernels.lineRank(w.slot, order),
    w.kernels.lineCosts(w.slot),
    w.kernels.lineWake(w.slot),
  ],

  // Windows of counts and of latencies.
  addToBudget: (w: World, calls: number, failures: number) =>
    w.kernels.budgetAdd(w.slot, w.nowMs, calls, failures),
  deposit: (w: World) => w.kernels.retryDeposit(w.slot, w.nowMs),
  withdraw: (w: World) => w.kernels.retryWithdraw(w.slot, w.nowMs),
  lookAtCounts: (w: World, ms: number) => [
    ...[0, 1].flatMap((which) => [
      w.kernels.budgetCount(w.slot, w.nowMs, which),
      w.kernels.burnCount(w.slot, w.nowMs, ms, which),
      w.kernels.throttleCount(w.slot, w.nowMs, which),
    ]),
    w.kernels.retryLeft(w.slot, w.nowMs),
    ...[COUNT_SUCCESS, COUNT_RATE_REFUSED, COUNT_RETRY_PAUSE_US].map((at) => w.kernels.counted(w.slot, at)),
  ],
  lookAtLatency: (w: World, view: number, q: number, ms: number) => [
    w.kernels.viewCount(w.slot, view, w.nowMs),
    w.kernels.viewPercentile(w.slot, view, w.nowMs, q),
    w.kernels.viewWithin(w.slot, view, w.nowMs, ms),
    w.kernels.latencyIndex(ms),
  ],
} satisfies Record<string, (w: World, ...by: never[]) => unknown>;

export type StepName = keyof typeof STEPS;
export type Step = readonly [name: StepName, ...by: (number | string | Partial<PolicyNumbers>)[]];

export function play(world: World, [name, ...by]: Step): Answer {
  return (STEPS[name] as (w: World, ...by: unknown[]) => Answer)(world, ...by);
}
