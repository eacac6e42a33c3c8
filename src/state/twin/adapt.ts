// Limits that find themselves: the bulkhead's from latency, the limiter's from
// the percentile of an interval. Their state is a few words under a try-lock:
// who finds it taken leaves its sample out, nobody waits.

import * as layout from '../../../assembly/layout.ts';
import { int32, TWO_32 } from './arithmetic.ts';
import type { Control } from './control.ts';
import type { Latency } from './latency.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, type Words } from './words.ts';

const {
  ADAPT_EPOCH,
  ADAPT_LIMIT,
  ADAPT_LOCK,
  ADAPT_PROBE,
  ADAPT_REFUSED,
  ADAPT_RTT,
  ADAPT_SAMPLES,
  BULKHEAD_LIMIT,
  COUNT_RATE_REFUSED,
  F_AIMD,
  F_VEGAS,
  O_MAX_CONCURRENT,
  O_MAX_LIMIT,
  O_MAX_RATE,
  O_MIN_LIMIT,
  O_MIN_RATE,
  O_RATE,
  O_RATE_PERCENTILE,
  O_RATE_SAMPLES,
  O_RATE_TARGET,
  SLOT_VERSION,
} = layout;

/** floor(log10 n), at least 1: Vegas' step. */
function decades(n: number): number {
  let steps = 1;
  for (let bound = 100; bound <= n && steps < 12; bound *= 10) steps += 1;
  return steps;
}

/** AIMD: one more while at least half is used, a tenth less on a drop. */
export function aimd(limit: number, inFlight: number, dropped: number): number {
  if (dropped) return Math.floor(limit * 0.9);
  return inFlight * 2 >= limit ? limit + 1 : limit;
}

/**
 * Vegas: the queue an upstream must have is limit · (1 − baseline / rtt); below
 * alpha (3 log10) the limit grows, above beta (6 log10) it shrinks.
 * Source: Brakmo and Peterson, "TCP Vegas", 1995; Netflix concurrency-limits.
 */
export function vegas(
  limit: number,
  inFlight: number,
  rtt: number,
  baseline: number,
  dropped: number,
): number {
  const step = decades(limit);
  if (dropped) return limit - step;
  if (inFlight * 2 < limit) return limit;
  const queue = rtt > 0 ? Math.ceil(limit * (1 - baseline / rtt)) : 0;
  if (queue <= step) return limit + 6 * step;
  if (queue < 3 * step) return limit + step;
  return queue > 6 * step ? limit - step : limit;
}

/**
 * Gradient2: the limit follows the long-term over the present latency, with
 * half as much again tolerated, four in queue, and a fifth taken over at a time.
 * Source: Netflix concurrency-limits.
 */
export function gradient2(limit: number, inFlight: number, rtt: number, average: number): number {
  if (inFlight * 2 < limit) return limit;
  const gradient = rtt > 0 ? Math.max(Math.min((1.5 * average) / rtt, 1), 0.5) : 1;
  return limit * 0.8 + (limit * gradient + 4) * 0.2;
}

export type Adapt = ReturnType<typeof twinAdapt>;

export function twinAdapt(
  { word, look, put, load, store, swap32 }: TwinMemory,
  { getF, optF, optI, setF }: Words,
  { publishWith }: Pick<Control, 'publishWith'>,
  { sliceOf, sliceP, viewSlice, viewTurn }: Latency,
) {
  function averaged(slot: number, rtt: number): number {
    const samples = load(slot + ADAPT_SAMPLES);
    const before = getF(slot + ADAPT_RTT);
    store(slot + ADAPT_SAMPLES, Math.min(samples + 1, 1000000));
    // The first ten are a plain mean, then an average over about 600.
    let average = before + (rtt - before) / (samples < 10 ? samples + 1 : 300.5);
    // After a slow spell the memory of it fades faster.
    if (average > 2 * rtt) average *= 0.95;
    setF(slot + ADAPT_RTT, average);
    return average;
  }

  /** The baseline; negative when this sample only set it. */
  function baseline(slot: number, rtt: number, limit: number): number {
    const before = getF(slot + ADAPT_RTT);
    const probe = load(slot + ADAPT_PROBE) + 1;
    const again = probe >= 30 * limit;
    store(slot + ADAPT_PROBE, again ? 0 : probe);
    if (before > 0 && rtt >= before && !again) return before;
    setF(slot + ADAPT_RTT, rtt);
    return -1;
  }

  /** Learns from one attempt: latency, how many were in flight, whether it timed out. 1 when the limit moved. */
  function adaptLimit(
    slot: number,
    options: number,
    features: number,
    owner: number,
    rtt: number,
    inFlight: number,
    dropped: number,
  ): number {
    if (!swap32(slot + ADAPT_LOCK, 0, owner)) return 0;
    const kept = getF(slot + ADAPT_LIMIT);
    const limit = kept > 0 ? kept : optI(options, O_MAX_CONCURRENT);
    let next = limit;
    if (features & F_AIMD) next = aimd(limit, inFlight, dropped);
    else if (features & F_VEGAS) {
      const base = dropped ? 0 : baseline(slot, rtt, limit);
      if (base >= 0) next = vegas(limit, inFlight, rtt, base, dropped);
    } else next = gradient2(limit, inFlight, rtt, averaged(slot, rtt));
    next = Math.max(Math.min(next, optF(options, O_MAX_LIMIT)), optF(options, O_MIN_LIMIT));
    setF(slot + ADAPT_LIMIT, next);
    const whole = Math.max(int32(next), 1);
    const before = load(slot + BULKHEAD_LIMIT);
    if (whole !== before) store(slot + BULKHEAD_LIMIT, whole);
    swap32(slot + ADAPT_LOCK, owner, 0);
    return whole !== before ? 1 : 0;
  }

  /**
   * Judges the adaptive rate once an interval: a tenth less when the percentile
   * is over 1.2 times the target, a twentieth more when it is under 0.8 times and
   * the limiter refused somebody. 1 when the rate moved.
   */
  function adaptRate(slot: number, owner: number, now: number): number {
    const due = sliceOf(slot, 3, now);
    const last = viewSlice(slot, 3);
    if (last === due) return 0;
    const version = load(slot + SLOT_VERSION);
    const options = optionsOf(slot, version);
    const p = sliceP(slot, 3, last, optF(options, O_RATE_PERCENTILE), optF(options, O_RATE_SAMPLES));
    if (viewTurn(slot, 3, due) === 0) return 0;
    look(slot + COUNT_RATE_REFUSED);
    const refused = word[1] * TWO_32 + (word[0] >>> 0);
    const held = refused > getF(slot + ADAPT_REFUSED);
    setF(slot + ADAPT_REFUSED, refused);
    const slice = viewSlice(slot, 3);
    put(slot + ADAPT_EPOCH, slice, Math.floor(slice / TWO_32));
    if (Number.isNaN(p)) return 0;
    const rate = optF(options, O_RATE);
    const target = optF(options, O_RATE_TARGET);
    let next = rate;
    if (p > 1.2 * target) next = Math.max(rate * 0.9, optF(options, O_MIN_RATE));
    else if (p < 0.8 * target && held) next = Math.min(rate * 1.05, optF(options, O_MAX_RATE));
    return next === rate || publishWith(slot, options, version, owner, now, next) < 0 ? 0 : 1;
  }

  return { adaptLimit, adaptRate };
}
