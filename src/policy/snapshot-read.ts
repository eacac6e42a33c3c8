// A snapshot as it comes back: from a file, a store, another release. All of it
// is checked before any of it is used.

import {
  checkNumber,
  itemsOf,
  type OptionsReader,
  readOptions,
  readSafely,
  refuseValue,
} from '../base/options.ts';
import type { KeptBucket } from '../state/kept-rings.ts';
import { CALL_LETTERS, type KeptWindow } from '../state/kept-window.ts';
import type { BreakerSnapshot } from './snapshot-breaker.ts';
import type { PolicySnapshot } from './snapshot-form.ts';

const SNAPSHOT = [
  'version',
  'name',
  'takenAt',
  'circuitBreaker',
  'rateLimiter',
  'bulkhead',
  'throttle',
  'retryBudget',
  'errorBudget',
];
const BREAKER = [
  'state',
  'mode',
  'isolated',
  'remainingMs',
  'openMs',
  'consecutive',
  'closedForMs',
  'reopens',
  'rejected',
  'window',
];
const TOTALS = ['total', 'failures', 'slow', 'ignored'] as const;
/** What a word of a window can count, and what the others can. */
const COUNT = { whole: true, atLeast: 0, atMost: 2 ** 36 - 1 } as const;
const OPENINGS = { whole: true, atLeast: 0, atMost: 2 ** 31 - 1 } as const;
const MS = { atLeast: 0, ms: true } as const;
const MOST_CALLS = 4096;

/** Checks a snapshot. Throws an `OptionsError` at `snapshot.…`. */
export function readSnapshot(value: unknown): PolicySnapshot {
  // First, because another version may look altogether different.
  const version = readSafely(
    'snapshot.version',
    () => (value as { version?: unknown } | null | undefined)?.version,
  );
  if (version !== 1 && typeof value === 'object' && value !== null) {
    refuseValue('snapshot.version', '1, the one version there is', version);
  }
  const o = readOptions('snapshot', value, SNAPSHOT);
  const limiter = o.child('rateLimiter', ['available', 'ratePerSecond']);
  const budget = o.child('errorBudget', ['recent', 'window']);
  if (typeof o.get('name') !== 'string') o.refuse('name', 'a text');
  return {
    version: 1,
    name: o.get('name') as string,
    takenAt: o.number('takenAt', { ms: true }),
    circuitBreaker: readBreaker(o.child('circuitBreaker', BREAKER)),
    rateLimiter: limiter && {
      available: limiter.number('available'),
      ratePerSecond: limiter.number('ratePerSecond', { above: 0, optional: true }),
    },
    bulkhead: limitOf(o.child('bulkhead', ['limit'])),
    throttle: o.array('throttle', bucketOf(2), { optional: true }),
    retryBudget: o.array('retryBudget', bucketOf(2), { optional: true }),
    errorBudget: budget && {
      recent: budget.array('recent', bucketOf(2)),
      window: budget.array('window', bucketOf(2), { optional: true }),
    },
  };
}

function limitOf(o: OptionsReader | undefined): { limit: number } | undefined {
  return o && { limit: o.number('limit', { atLeast: 1 }) };
}

function readBreaker(o: OptionsReader | undefined): BreakerSnapshot | undefined {
  if (o === undefined) return undefined;
  const state = o.oneOf('state', ['closed', 'half-open', 'open']);
  return {
    state,
    mode: o.oneOf('mode', ['normal', 'disabled', 'metrics-only']),
    isolated: o.boolean('isolated'),
    remainingMs:
      state === 'open' ? o.durationMs('remainingMs') : o.durationMs('remainingMs', { optional: true }),
    openMs: o.durationMs('openMs', { optional: true }),
    consecutive: o.number('consecutive', { ...OPENINGS, optional: true }),
    closedForMs: o.durationMs('closedForMs', { optional: true }),
    reopens: o.number('reopens', OPENINGS),
    rejected: o.number('rejected', COUNT),
    window: readWindow(o),
  };
}

function readWindow(breaker: OptionsReader): KeptWindow | undefined {
  const o = breaker.child('window', ['kind', 'buckets', 'calls', 'durationMs', ...TOTALS]);
  if (o === undefined) return undefined;
  const kind = o.oneOf('kind', ['time', 'calls', 'totals']);
  if (kind === 'time') return { kind, buckets: o.array('buckets', bucketOf(4, true)) };
  const ignored = o.number('ignored', COUNT);
  const durationMs = o.durationMs('durationMs');
  if (kind === 'calls') return { kind, calls: readCalls(o), ignored, durationMs };
  const [total, failures, slow] = TOTALS.map((name) => o.number(name, COUNT));
  return { kind, total, failures, slow, ignored, durationMs };
}

function readCalls(o: OptionsReader): string {
  const calls = o.get('calls');
  const known = typeof calls === 'string' && [...calls].every((letter) => CALL_LETTERS.includes(letter));
  if (!known || calls.length > MOST_CALLS) {
    o.refuse('calls', `at most ${MOST_CALLS} of the letters ${CALL_LETTERS}`);
  }
  return calls as string;
}

/** What reads a bucket: an age and so many counts, and a duration behind them where there is one. */
function bucketOf(counts: number, timed = false): (item: unknown, path: string) => KeptBucket {
  const length = 1 + counts + (timed ? 1 : 0);
  return (item, path) => {
    const parts = readSafely(path, () => Array.isArray(item)) ? itemsOf(path, item as unknown[]) : undefined;
    if (parts?.length !== length) return refuseValue(path, `${length} numbers`, item);
    return parts.map((part, index) =>
      checkNumber(`${path}[${index}]`, part, index === 0 || index > counts ? MS : COUNT),
    );
  };
}
