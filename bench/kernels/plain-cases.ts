// What each case of the kernels is in plain objects.

import {
  inARow,
  ofCalls,
  ofTime,
  PlainBreaker,
  PlainBucket,
  PlainBulkhead,
  PlainHistogram,
  PlainWindow,
} from './plain.ts';

/** Decides `times` times, from the `first` on; answers how many went as they should. */
export type Decide = (times: number, first: number) => number;

const bucket = () => new PlainBucket(1e6, 1e4);
const spent = () => new PlainBucket(1, 1 / 86_400_000);

export function limiter(): Decide {
  const one = bucket();
  return counted((nowMs) => one.take(1, nowMs));
}

export function limiterRefused(): Decide {
  const one = spent();
  one.take(1, 0);
  return counted(() => !one.take(1, 1));
}

const KEYS = Array.from({ length: 1_000 }, (_, index) => `client-${index}`.padEnd(16, '-'));

export function keyed(): Decide {
  const buckets = new Map<string, PlainBucket>();
  return (times, first) => {
    let done = 0;
    for (let i = 0; i < times; i++) {
      const key = KEYS[(first + i) % 1_000];
      let one = buckets.get(key);
      if (one === undefined) {
        one = bucket();
        buckets.set(key, one);
      }
      if (one.take(1, (first + i) / 1_000)) done++;
    }
    return done;
  };
}

/** What a Map does to find a key. */
export function lookup(): Decide {
  const map = new Map(KEYS.map((key, index) => [key, index]));
  return (times, first) => {
    let done = 0;
    for (let i = 0; i < times; i++) if (map.get(KEYS[(first + i) % 1_000]) !== undefined) done++;
    return done;
  };
}

export function bulkhead(): Decide {
  const one = new PlainBulkhead(100);
  return counted(() => one.enter() && one.leave());
}

export interface Parts {
  breaker?: 'row' | 'calls' | 'time';
  throttle?: boolean;
  limiter?: boolean;
  bulkhead?: boolean;
  budget?: boolean;
  latency?: boolean;
  metrics?: boolean;
}

const RULES = {
  row: () => inARow(5),
  calls: () => ofCalls(100, 20, 2),
  time: () => ofTime(10, 1_000, 20, 2),
};

/** An attempt that is let through and succeeds 2 ms later. */
export function attempt(parts: Parts): Decide {
  const breaker = parts.breaker && new PlainBreaker(RULES[parts.breaker]());
  const throttle = parts.throttle ? new PlainWindow(24, 5_000) : undefined;
  const limiter = parts.limiter ? bucket() : undefined;
  const room = parts.bulkhead ? new PlainBulkhead(100) : undefined;
  const budget = parts.budget ? new PlainWindow(60, 60_000) : undefined;
  const burn = parts.budget ? new PlainWindow(2_160, 10_000) : undefined;
  const latency = parts.latency ? new PlainHistogram(8, 7_500) : undefined;
  const metrics = parts.metrics
    ? { admitted: 0, successes: 0, histogram: new PlainHistogram(8, 7_500) }
    : undefined;

  function admit(nowMs: number): number {
    if (breaker && !breaker.admit()) return -1;
    if (throttle) {
      const { calls, failures } = throttle.sum(nowMs);
      throttle.add(nowMs, 1, 0);
      if (Math.min(0.9, (calls - 2 * failures) / (calls + 1)) > 0.5) return -1;
    }
    if (room && !room.enter()) return -1;
    if (limiter && !limiter.take(1, nowMs)) {
      room?.leave();
      return -1;
    }
    if (metrics) metrics.admitted++;
    return breaker?.generation ?? 0;
  }

  function settle(generation: number, startMs: number, nowMs: number): void {
    breaker?.settle(generation, false, nowMs);
    // Its second count is of what was accepted.
    throttle?.add(nowMs, 0, 1);
    room?.leave();
    budget?.add(nowMs, 1, 0);
    burn?.add(nowMs, 1, 0);
    latency?.record(nowMs - startMs, nowMs);
    if (!metrics) return;
    metrics.successes++;
    metrics.histogram.record(nowMs - startMs, nowMs);
  }

  return counted((nowMs) => {
    const generation = admit(nowMs);
    if (generation < 0) return false;
    settle(generation, nowMs, nowMs + 2);
    return true;
  });
}

export function refusedByOpen(): Decide {
  const breaker = new PlainBreaker(inARow(1));
  breaker.settle(0, true, 0);
  return counted(() => !breaker.admit());
}

export function percentile(): Decide {
  const histogram = new PlainHistogram(8, 7_500);
  for (let i = 0; i < 1_000; i++) histogram.record(i / 10, i / 10);
  return counted(() => histogram.percentile(0.95, 100) > 90);
}

/** Retries as a share of the calls of ten seconds, and some. */
export function retryBudget(): Decide {
  const window = new PlainWindow(8, 1_250);
  return counted((nowMs) => {
    window.add(nowMs, 1, 0);
    window.add(nowMs, 0, 1);
    const { calls, failures } = window.sum(nowMs);
    return 2 * calls + 100 - failures >= 0;
  });
}

/** Vegas’ step: the line that the latency speaks of decides. */
export function vegas(): Decide {
  return counted((nowMs) => {
    const limit = 20 + (nowMs % 1);
    const line = limit * (1 - 10 / 12);
    const step = Math.max(1, Math.log10(limit));
    const next = line < 3 * step ? limit + step : line > 6 * step ? limit - step : limit;
    return next > 0;
  });
}

/** 100 · 2³, with full jitter. */
export function backoff(): Decide {
  return counted((nowMs) => Math.min(30_000, 100 * 2 ** 3) * (nowMs % 1) >= 0);
}

function counted(decide: (nowMs: number) => boolean): Decide {
  return (times, first) => {
    let done = 0;
    for (let i = 0; i < times; i++) if (decide((first + i) / 1_000)) done++;
    return done;
  };
}
