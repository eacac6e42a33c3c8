// Reading what a backoff is made of: from the options of the function that makes it, or from data.

import { checkNumber, type OptionsReader, readOptions } from '../base/options.ts';
import type { BackoffData, BackoffKind, Jitter } from './backoff-data.ts';

const MAX_MS = 30_000;
// Above this a double no longer tells one millisecond from the next.
const MOST_MS = Number.MAX_SAFE_INTEGER;

type Reader = (o: OptionsReader) => BackoffData;

interface Kind {
  /** Options of this kind, `maxMs` and `jitter` aside. */
  own: readonly string[];
  read: Reader;
}

const KINDS: Record<BackoffKind, Kind> = {
  constant: {
    own: ['baseMs'],
    read: (o) => ({ kind: 'constant', baseMs: o.durationMs('baseMs'), ...bounds(o, 'none') }),
  },
  linear: {
    own: ['baseMs', 'stepMs'],
    read: (o) => ({
      kind: 'linear',
      baseMs: o.durationMs('baseMs'),
      stepMs: o.durationMs('stepMs'),
      ...bounds(o, 'none'),
    }),
  },
  exponential: {
    own: ['baseMs', 'factor'],
    read: (o) => ({
      kind: 'exponential',
      baseMs: o.durationMs('baseMs'),
      factor: o.number('factor', { above: 0, default: 2 }),
      ...bounds(o, 'full'),
    }),
  },
  fibonacci: {
    own: ['baseMs'],
    read: (o) => ({ kind: 'fibonacci', baseMs: o.durationMs('baseMs'), ...bounds(o, 'full') }),
  },
  decorrelated: {
    own: ['baseMs'],
    // Its pauses are drawn as they are; a jitter comes on top only where one is asked for.
    read: (o) => ({ kind: 'decorrelated', baseMs: o.durationMs('baseMs'), ...bounds(o, 'none') }),
  },
  fromList: {
    own: ['delaysMs'],
    read: (o) => ({ kind: 'fromList', delaysMs: delays(o), ...bounds(o, 'none') }),
  },
};

const BOUNDS = ['maxMs', 'jitter'];
const ALL = [...new Set(Object.values(KINDS).flatMap(({ own }) => own))];

/** Reads the options of one kind of backoff. Throws an OptionsError below `path`. */
export function readBackoffOptions(path: string, kind: BackoffKind, options: unknown): BackoffData {
  const { own, read } = KINDS[kind];
  return frozen(read(readOptions(path, options, [...own, ...BOUNDS])));
}

/** Reads a backoff that was sent as data. Throws an OptionsError below `path`. */
export function readBackoffData(path: string, data: unknown): BackoffData {
  const kinds = Object.keys(KINDS) as BackoffKind[];
  const kind = readOptions(path, data, ['kind', ...ALL, ...BOUNDS]).oneOf('kind', kinds);
  const { own, read } = KINDS[kind];
  return frozen(read(readOptions(path, data, ['kind', ...own, ...BOUNDS])));
}

function bounds(o: OptionsReader, jitter: Jitter): { maxMs: number; jitter: Jitter } {
  return {
    maxMs: o.durationMs('maxMs', { atMost: MOST_MS, default: MAX_MS }),
    jitter: readJitter(o, jitter),
  };
}

function readJitter(o: OptionsReader, otherwise: Jitter): Jitter {
  const given = o.get('jitter');
  if (given === undefined) return otherwise;
  if (given === 'none' || given === 'full' || given === 'equal') return given;
  if (typeof given === 'number' && given >= 0 && given <= 1) return given;
  return o.refuse('jitter', '"none", "full", "equal" or a share from 0 to 1');
}

function delays(o: OptionsReader): readonly number[] {
  const read = o.array('delaysMs', (item, path) => checkNumber(path, item, { ms: true, atLeast: 0 }));
  return read.length > 0 ? Object.freeze(read) : o.refuse('delaysMs', 'at least one duration');
}

// One backoff may serve many policies.
function frozen(data: BackoffData): BackoffData {
  return Object.freeze(data);
}
