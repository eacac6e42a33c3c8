/**
 * A rate limiter by itself: a token bucket, or one for each key, without a policy around it.
 *
 *     const limiter = rateLimiter({ permitsPerSecond: 100, burst: 20 });
 *     if (limiter.tryAcquire()) send();
 *     await delay(limiter.reserve(5));
 *
 * In any time t it admits at most burst + permitsPerSecond · t, exactly. A try
 * is one reading of the clock and one kernel call.
 */

import { DISPOSE } from '../base/dispose.ts';
import { RateLimitedError } from '../base/errors.ts';
import { readOptions } from '../base/options.ts';
import { checkPermits, checkSignal } from './call-options.ts';
import type { PolicyCore } from './core.ts';
import type { PolicySettings } from './make-policy.ts';
import { RATE_LIMITER, type RateLimiterOptions } from './options/read-rate-limiter.ts';
import { updatedNumbers } from './options/update.ts';
import { limiterCore } from './rate-limiter-core.ts';
import { LimiterLine } from './rate-limiter-line.ts';

/** A limiter by itself sees no latencies, so it cannot find its rate by them. */
export type StandaloneLimiterOptions = Omit<RateLimiterOptions, 'adaptive'>;
/** What may change in use; `maxWaitMs` only where waiting was allowed from the start. */
export type LimiterUpdate = Pick<Partial<RateLimiterOptions>, 'permitsPerSecond' | 'burst' | 'maxWaitMs'>;

/** How one wait for permits may be given. */
export interface LimiterAcquireOptions {
  /** Ends the wait at once, with the signal's reason, and moves everyone behind it up. */
  signal?: AbortSignal;
  /** Which bucket of a keyed limiter pays. */
  key?: string;
}

/**
 * Permits are any number from one unit of the bucket's scale (a thousandth of a permit or less, but for extreme
 * rates) to `burst`, 1 by default; anything else is a RangeError. A keyed limiter takes a key with each call, a
 * missing one is a TypeError; the others ignore it. Belongs to the thread that made it.
 */
export interface RateLimiter extends Disposable {
  /** '' when it was given none. */
  readonly name: string;
  /** Permits a second, as configured or last updated. */
  readonly ratePerSecond: number;
  /** Takes permits if they are there now; takes nothing when they are not, or when anyone waits in line. */
  tryAcquire(permits?: number, key?: string): boolean;
  /**
   * Takes permits on credit: the ms after which they may be used, 0 for now. `Infinity`, taking nothing, when that
   * would be longer than a positive `maxWaitMs`, or when anyone waits in line. A key that found no bucket of its
   * own cannot have credit.
   */
  reserve(permits?: number, key?: string): number;
  /**
   * Waits for permits up to `maxWaitMs`, first come first served. Rejects with a `RateLimitedError` at once, never
   * after waiting, when that would not do; with the signal's reason when it is aborted.
   */
  acquire(permits?: number, options?: LimiterAcquireOptions): Promise<void>;
  /** Permits that are there now, fractions included. */
  available(key?: string): number;
  /** Gives permits back that were not used, up to a full bucket. */
  refund(permits: number, key?: string): void;
  /** Changes numbers while in use; tokens stay, up to the new burst. Throws an `OptionsError`. */
  update(options: LimiterUpdate): void;
  /** Gives its memory back and sends those who wait away. It must not be used any more: that throws. */
  dispose(): void;
}

/** Makes a limiter: nothing to start, nothing to stop. Throws an `OptionsError` that names the option. */
export function rateLimiter(options: StandaloneLimiterOptions, settings: PolicySettings = {}): RateLimiter {
  const { core, release } = limiterCore(options, settings);
  const { name, slot, kernels, at, row, originMs, keys } = core;
  const waiters = core.line && new LimiterLine(core, core.line);
  const line = core.line;
  let now = core.now;

  /** 0: taken. Otherwise the wait in ms; Infinity behind others, negative when a key finds no bucket. */
  function take(permits: number | undefined, key: string | undefined): number {
    const cost = permits === undefined || permits === 1 ? 1 : checkPermits(core, permits);
    if (keys !== undefined) {
      keys.use(key);
      return kernels.keyedAcquire(at, row, now() - originMs, cost);
    }
    if (line !== undefined && line.size > 0) return Number.POSITIVE_INFINITY;
    return kernels.rateAcquire(at, now() - originMs, cost);
  }

  function reserve(permits?: number, key?: string): number {
    const cost = checkPermits(core, permits);
    const time = now() - originMs;
    if (keys === undefined) {
      const waitMs = line !== undefined && line.size > 0 ? -1 : kernels.rateReserve(at, time, cost);
      return waitMs < 0 ? Number.POSITIVE_INFINITY : waitMs;
    }
    keys.use(key);
    return reserveKeyed(core, time, cost);
  }

  async function acquire(permits?: number, given: LimiterAcquireOptions = {}): Promise<void> {
    const signal = checkSignal(given.signal);
    signal?.throwIfAborted();
    const waitMs = take(permits, given.key);
    if (waitMs === 0) return;
    if (waiters !== undefined) return waiters.wait(checkPermits(core, permits), now(), signal);
    if (waitMs < 0) throw new RateLimitedError({ policy: name || undefined, code: 'HF_KEYS_EXHAUSTED' });
    throw new RateLimitedError({ policy: name || undefined, retryAfterMs: waitMs });
  }

  function available(key?: string): number {
    const time = now() - originMs;
    keys?.use(key);
    const held = keys ? kernels.keyedAvailable(at, row, time) : kernels.rateAvailable(at, time);
    return Math.max(0, held);
  }

  function refund(permits: number, key?: string): void {
    const cost = checkPermits(core, permits);
    const time = now() - originMs;
    keys?.use(key);
    if (keys !== undefined) kernels.keyedRefund(at, row, time, cost);
    else kernels.rateRefund(at, time, cost);
    line?.pump();
  }

  function update(change: LimiterUpdate): void {
    const time = now() - originMs;
    readOptions('rateLimiter', change, RATE_LIMITER);
    const before = slot.numbers;
    slot.publish((numbers) => updatedNumbers('', core.plan, numbers, { rateLimiter: change }), time);
    core.updated(before, time);
    core.wake();
  }

  function dispose(): void {
    waiters?.close(core.now());
    now = disposed;
    release();
  }

  return {
    name,
    get ratePerSecond() {
      return slot.numbers.ratePerSecond;
    },
    tryAcquire: (permits, key) => take(permits, key) === 0,
    reserve,
    acquire,
    available,
    refund,
    update,
    dispose,
    [DISPOSE]: dispose,
  };
}

/**
 * A reservation is a take at the time at which the permits will be there. A key without a bucket of its own is
 * turned away: at a later time buckets would look unused that are not yet.
 */
function reserveKeyed({ kernels, at, row, slot }: PolicyCore, time: number, permits: number): number {
  let waitMs = kernels.keyedAcquire(at, row, time, permits);
  const { burst, maxDebtMs } = slot.numbers;
  if (waitMs > 0 && kernels.keyedAvailable(at, row, time) >= burst) return Number.POSITIVE_INFINITY;
  while (waitMs > 0 && waitMs <= maxDebtMs) {
    const more = kernels.keyedAcquire(at, row, time + waitMs, permits);
    if (more === 0) return waitMs;
    waitMs += more;
  }
  return waitMs === 0 ? 0 : Number.POSITIVE_INFINITY;
}

function disposed(): never {
  throw new TypeError('rateLimiter: it was disposed of and must not be used any more');
}
