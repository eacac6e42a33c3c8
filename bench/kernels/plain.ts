// The same protections as objects of one thread: what anybody would write who need not share them.
//
// Nothing is left out that the kernels do: windows forget, histograms are log-linear, a refusal takes nothing.

/** Token bucket. */
export class PlainBucket {
  #tokens: number;
  #lastMs = 0;
  granted = 0;
  refused = 0;
  readonly #burst: number;
  readonly #perMs: number;

  constructor(burst: number, perMs: number) {
    this.#tokens = burst;
    this.#burst = burst;
    this.#perMs = perMs;
  }

  take(permits: number, nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#lastMs) * this.#perMs);
    this.#lastMs = nowMs;
    if (this.#tokens < permits) {
      this.refused++;
      return false;
    }
    this.#tokens -= permits;
    this.granted++;
    return true;
  }
}

/** Two counts by time, over a number of buckets. */
export class PlainWindow {
  readonly #buckets: { epoch: number; calls: number; failures: number }[];
  readonly #bucketMs: number;

  constructor(buckets: number, bucketMs: number) {
    this.#buckets = Array.from({ length: buckets }, () => ({ epoch: -1, calls: 0, failures: 0 }));
    this.#bucketMs = bucketMs;
  }

  add(nowMs: number, calls: number, failures: number): void {
    const epoch = Math.floor(nowMs / this.#bucketMs);
    const bucket = this.#buckets[epoch % this.#buckets.length];
    if (bucket.epoch !== epoch) {
      bucket.epoch = epoch;
      bucket.calls = 0;
      bucket.failures = 0;
    }
    bucket.calls += calls;
    bucket.failures += failures;
  }

  sum(nowMs: number): { calls: number; failures: number } {
    const first = Math.floor(nowMs / this.#bucketMs) - this.#buckets.length;
    let calls = 0;
    let failures = 0;
    for (const bucket of this.#buckets) {
      if (bucket.epoch <= first) continue;
      calls += bucket.calls;
      failures += bucket.failures;
    }
    return { calls, failures };
  }
}

type Rule = (failed: boolean, nowMs: number) => boolean;

/** Failures in a row. */
export function inARow(most: number): Rule {
  let row = 0;
  return (failed) => {
    row = failed ? row + 1 : 0;
    return row >= most;
  };
}

/** A share of the last calls. */
export function ofCalls(size: number, minCalls: number, rate: number): Rule {
  const ring = new Uint8Array(size);
  let [calls, failures] = [0, 0];
  return (failed) => {
    const at = calls % size;
    if (calls >= size) failures -= ring[at];
    ring[at] = failed ? 1 : 0;
    failures += ring[at];
    calls++;
    const seen = Math.min(calls, size);
    return seen >= minCalls && failures / seen >= rate;
  };
}

/** A share of the calls of the last time. */
export function ofTime(buckets: number, bucketMs: number, minCalls: number, rate: number): Rule {
  const window = new PlainWindow(buckets, bucketMs);
  return (failed, nowMs) => {
    window.add(nowMs, 1, failed ? 1 : 0);
    if (!failed) return false;
    const { calls, failures } = window.sum(nowMs);
    return calls >= minCalls && failures / calls >= rate;
  };
}

/** Closed or open; the generation voids results of before. */
export class PlainBreaker {
  state: 'closed' | 'open' = 'closed';
  generation = 0;
  refused = 0;
  readonly #trips: Rule;

  constructor(trips: Rule) {
    this.#trips = trips;
  }

  admit(): boolean {
    if (this.state === 'closed') return true;
    this.refused++;
    return false;
  }

  settle(generation: number, failed: boolean, nowMs: number): void {
    if (generation !== this.generation || !this.#trips(failed, nowMs)) return;
    this.state = 'open';
    this.generation++;
  }
}

export class PlainBulkhead {
  active = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  enter(): boolean {
    if (this.active >= this.#most) return false;
    this.active++;
    return true;
  }

  leave(): boolean {
    if (this.active === 0) return false;
    this.active--;
    return true;
  }
}

/** Sixteen buckets to each power of two, counted by slices of the window. */
export class PlainHistogram {
  readonly #slices: { epoch: number; counts: Uint32Array }[];
  readonly #sliceMs: number;

  constructor(slices: number, sliceMs: number) {
    this.#slices = Array.from({ length: slices }, () => ({ epoch: -1, counts: new Uint32Array(640) }));
    this.#sliceMs = sliceMs;
  }

  record(latencyMs: number, nowMs: number): void {
    const epoch = Math.floor(nowMs / this.#sliceMs);
    const slice = this.#slices[epoch % this.#slices.length];
    if (slice.epoch !== epoch) {
      slice.epoch = epoch;
      slice.counts.fill(0);
    }
    slice.counts[indexOf(latencyMs)]++;
  }

  percentile(q: number, nowMs: number): number {
    const first = Math.floor(nowMs / this.#sliceMs) - this.#slices.length;
    const live = this.#slices.filter(({ epoch }) => epoch > first);
    let total = 0;
    for (const { counts } of live) for (let index = 0; index < 640; index++) total += counts[index];
    let left = Math.ceil(total * q);
    for (let index = 0; index < 640; index++) {
      for (let slice = 0; slice < live.length; slice++) left -= live[slice].counts[index];
      if (left <= 0) return middleOf(index);
    }
    return Number.POSITIVE_INFINITY;
  }
}

function indexOf(ms: number): number {
  const u = Math.floor(ms * 16_384);
  if (u < 16) return u;
  const shift = 27 - Math.clz32(u);
  return (shift << 4) + (u >>> shift);
}

function middleOf(index: number): number {
  if (index < 16) return index / 16_384;
  const width = 2 ** ((index >> 4) - 1);
  return (((index & 15) + 16) * width + width / 2) / 16_384;
}
