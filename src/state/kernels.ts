/**
 * The decisions, as functions over addresses in shared memory. The WASM engine
 * and its JavaScript twin both implement this, on the same memory, and give the
 * same answers; `assembly/` says what each does and `assembly/layout.ts` where
 * everything lies.
 *
 * Times are milliseconds since the origin of the memory. A `fence` is the
 * generation of the calling thread's row, negative for a thread whose death ends
 * the process. Any thread may call any of them at any time, but for those whose
 * comment says otherwise.
 */
export interface Kernels {
  admit(
    slot: number,
    cell: number,
    row: number,
    fence: number,
    now: number,
    permits: number,
    draw: number,
    mode: number,
  ): number;
  settle(
    slot: number,
    cell: number,
    fence: number,
    ticket: number,
    startMs: number,
    now: number,
    verdict: number,
    what: number,
    openMs: number,
  ): number;
  record(slot: number, startMs: number, now: number, verdict: number): number;
  refuse(slot: number, row: number, now: number, permits: number, code: number): number;

  rateAcquire(slot: number, now: number, permits: number): number;
  rateReserve(slot: number, now: number, permits: number): number;
  rateRefund(slot: number, now: number, permits: number): void;
  rateAvailable(slot: number, now: number): number;
  rateWait(slot: number, now: number, permits: number): number;
  rateSet(slot: number, now: number, tokens: number): void;

  /** Only the thread that owns `row`. */
  keyHash(row: number, bytes: number): void;
  keyedAcquire(slot: number, row: number, now: number, permits: number): number;
  keyedAvailable(slot: number, row: number, now: number): number;
  keyedWait(slot: number, row: number, now: number, permits: number): number;
  keyedRefund(slot: number, row: number, now: number, permits: number): void;
  keyedCarry(slot: number, now: number, from: number, to: number): void;
  keyedLive(slot: number, now: number): number;

  breakerState(slot: number, now: number): number;
  breakerWait(slot: number, now: number): number;
  breakerRefuses(slot: number, now: number): number;
  breakerCount(slot: number, now: number, which: number): number;
  breakerWord(slot: number): number;
  breakerForce(slot: number, now: number, openMs: number): number;
  breakerMode(slot: number, mode: number): number;
  breakerIsolate(slot: number, cell: number, fence: number, by: number): number;
  breakerRestore(slot: number, now: number, state: number, row: number, leftMs: number): void;

  bulkheadEnter(slot: number, cell: number, fence: number): number;
  bulkheadReturn(slot: number, cell: number, fence: number): number;
  bulkheadActive(slot: number): number;
  bulkheadCapacity(slot: number): number;

  lineJoin(slot: number, cell: number, fence: number): number;
  lineLeave(slot: number, cell: number, fence: number, places: number, granted: number): number;
  lineHead(cell: number, order: number, costs: number): void;
  lineRank(slot: number, order: number): number;
  lineCosts(slot: number): number;
  lineWake(slot: number): number;

  budgetCount(slot: number, now: number, which: number): number;
  burnCount(slot: number, now: number, ms: number, which: number): number;
  budgetAdd(slot: number, now: number, calls: number, failures: number): void;

  latencyIndex(ms: number): number;
  latencyValue(index: number): number;
  viewCount(slot: number, view: number, now: number): number;
  viewPercentile(slot: number, view: number, now: number, q: number): number;
  viewWithin(slot: number, view: number, now: number, ms: number): number;

  throttleCount(slot: number, now: number, which: number): number;
  retryDeposit(slot: number, now: number): void;
  retryWithdraw(slot: number, now: number): number;
  retryLeft(slot: number, now: number): number;

  aimd(limit: number, inFlight: number, dropped: number): number;
  vegas(limit: number, inFlight: number, rtt: number, baseline: number, dropped: number): number;
  gradient2(limit: number, inFlight: number, rtt: number, average: number): number;
  backoff(
    kind: number,
    n: number,
    base: number,
    step: number,
    maxMs: number,
    jitter: number,
    draw: number,
    previous: number,
  ): number;

  count(slot: number, at: number, by: number): void;
  counted(slot: number, at: number): number;

  publish(slot: number, block: number, expected: number, owner: number, now: number): number;
  /** Only the main thread, before the thread that joins uses the cell. */
  grant(cell: number, fence: number): void;
  /** Only the main thread. */
  reclaim(slot: number, cell: number, owner: number, fence: number): number;
}
