// Limits that find themselves: the bulkhead's from latency, the limiter's from
// the percentile of an interval. Their state is a few words under a try-lock:
// who finds it taken leaves its sample out, nobody waits.

import { publishWith } from './control';
import {
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
} from './layout';
import { sliceOf, sliceP, viewSlice, viewTurn } from './latency';
import { getF, optionsOf, setF } from './words';

/** floor(log10 n), at least 1: Vegas' step. */
function decades(n: f64): f64 {
  let steps: f64 = 1;
  for (let bound: f64 = 100; bound <= n && steps < 12; bound *= 10) steps += 1;
  return steps;
}

/** AIMD: one more while at least half is used, a tenth less on a drop. */
export function aimd(limit: f64, inFlight: f64, dropped: i32): f64 {
  if (dropped) return floor(limit * 0.9);
  return inFlight * 2 >= limit ? limit + 1 : limit;
}

/**
 * Vegas: the queue an upstream must have is limit · (1 − baseline / rtt); below
 * alpha (3 log10) the limit grows, above beta (6 log10) it shrinks.
 * Source: Brakmo and Peterson, "TCP Vegas", 1995; Netflix concurrency-limits.
 */
export function vegas(limit: f64, inFlight: f64, rtt: f64, baseline: f64, dropped: i32): f64 {
  const step = decades(limit);
  if (dropped) return limit - step;
  if (inFlight * 2 < limit) return limit;
  const queue = rtt > 0 ? ceil(limit * (1 - baseline / rtt)) : 0;
  if (queue <= step) return limit + 6 * step;
  if (queue < 3 * step) return limit + step;
  return queue > 6 * step ? limit - step : limit;
}

/**
 * Gradient2: the limit follows the long-term over the present latency, with
 * half as much again tolerated, four in queue, and a fifth taken over at a time.
 * Source: Netflix concurrency-limits.
 */
export function gradient2(limit: f64, inFlight: f64, rtt: f64, average: f64): f64 {
  if (inFlight * 2 < limit) return limit;
  const gradient = rtt > 0 ? max<f64>(min<f64>((1.5 * average) / rtt, 1), 0.5) : 1;
  return limit * 0.8 + (limit * gradient + 4) * 0.2;
}

function averaged(slot: usize, rtt: f64): f64 {
  const samples = atomic.load<i32>(slot, ADAPT_SAMPLES);
  const before = getF(slot + ADAPT_RTT);
  atomic.store<i32>(slot, min(samples + 1, 1000000), ADAPT_SAMPLES);
  // The first ten are a plain mean, then an average over about 600.
  let average = before + (rtt - before) / (samples < 10 ? <f64>(samples + 1) : 300.5);
  // After a slow spell the memory of it fades faster.
  if (average > 2 * rtt) average *= 0.95;
  setF(slot + ADAPT_RTT, average);
  return average;
}

/** The baseline; negative when this sample only set it. */
function baseline(slot: usize, rtt: f64, limit: f64): f64 {
  const before = getF(slot + ADAPT_RTT);
  const probe = atomic.load<i32>(slot, ADAPT_PROBE) + 1;
  const again = <f64>probe >= 30 * limit;
  atomic.store<i32>(slot, again ? 0 : probe, ADAPT_PROBE);
  if (before > 0 && rtt >= before && !again) return before;
  setF(slot + ADAPT_RTT, rtt);
  return -1;
}

/** Learns from one attempt: latency, how many were in flight, whether it timed out. 1 when the limit moved. */
export function adaptLimit(
  slot: usize,
  options: usize,
  features: i32,
  owner: i32,
  rtt: f64,
  inFlight: i32,
  dropped: i32,
): i32 {
  if (atomic.cmpxchg<i32>(slot, 0, owner, ADAPT_LOCK) != 0) return 0;
  const kept = getF(slot + ADAPT_LIMIT);
  const limit = kept > 0 ? kept : <f64>load<i32>(options, O_MAX_CONCURRENT);
  let next = limit;
  if (features & F_AIMD) next = aimd(limit, <f64>inFlight, dropped);
  else if (features & F_VEGAS) {
    const base = dropped ? 0 : baseline(slot, rtt, limit);
    if (base >= 0) next = vegas(limit, <f64>inFlight, rtt, base, dropped);
  } else next = gradient2(limit, <f64>inFlight, rtt, averaged(slot, rtt));
  next = max<f64>(min<f64>(next, load<f64>(options, O_MAX_LIMIT)), load<f64>(options, O_MIN_LIMIT));
  setF(slot + ADAPT_LIMIT, next);
  const whole = max(i32(next), 1);
  const before = atomic.load<i32>(slot, BULKHEAD_LIMIT);
  if (whole != before) atomic.store<i32>(slot, whole, BULKHEAD_LIMIT);
  atomic.cmpxchg<i32>(slot, owner, 0, ADAPT_LOCK);
  return i32(whole != before);
}

/**
 * Judges the adaptive rate once an interval: a tenth less when the percentile
 * is over 1.2 times the target, a twentieth more when it is under 0.8 times and
 * the limiter refused somebody. 1 when the rate moved.
 */
export function adaptRate(slot: usize, owner: i32, now: f64): i32 {
  const due = sliceOf(slot, 3, now);
  const last = viewSlice(slot, 3);
  if (last == due) return 0;
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const options = optionsOf(slot, version);
  const p = sliceP(slot, 3, last, load<f64>(options, O_RATE_PERCENTILE), load<f64>(options, O_RATE_SAMPLES));
  if (viewTurn(slot, 3, due) == 0) return 0;
  const refused = <f64>atomic.load<i64>(slot, COUNT_RATE_REFUSED);
  const held = refused > getF(slot + ADAPT_REFUSED);
  setF(slot + ADAPT_REFUSED, refused);
  atomic.store<i64>(slot, viewSlice(slot, 3), ADAPT_EPOCH);
  if (p != p) return 0;
  const rate = load<f64>(options, O_RATE);
  const target = load<f64>(options, O_RATE_TARGET);
  let next = rate;
  if (p > 1.2 * target) next = max<f64>(rate * 0.9, load<f64>(options, O_MIN_RATE));
  else if (p < 0.8 * target && held) next = min<f64>(rate * 1.05, load<f64>(options, O_MAX_RATE));
  return next == rate ? 0 : i32(publishWith(slot, options, version, owner, now, next) >= 0);
}
