// Rules that options of several strategies have in common.

import type { Absent, OptionsReader } from '../../base/options.ts';
import { backoffData, backoffFrom } from '../backoff.ts';
import type { Backoff } from '../types.ts';
import type { PolicyReader } from './policy-reader.ts';

/** A share that cannot be none: 0 < x ≤ 1. */
export const SHARE = { above: 0 } as const;
/** How wide a window in time is, in ms. */
export const WINDOW_MS = { atLeast: 1 } as const;
/** A duration where Infinity means that there is no end. */
export const ENDLESS_MS = { infinite: true } as const;

// What the words in shared memory hold.
const MOST = 2 ** 31 - 1;

/** A whole number of at least 1, of something that is counted. */
export function readCount(
  o: OptionsReader,
  name: string,
  absent: Absent<number> & { default: number },
): number;
export function readCount(o: OptionsReader, name: string, absent: { optional: true }): number | undefined;
export function readCount(o: OptionsReader, name: string): number;
export function readCount(o: OptionsReader, name: string, absent: Absent<number> = {}): number | undefined {
  const count = o.number(name, { whole: true, atLeast: 1, ...absent }) as number | undefined;
  return count !== undefined && count > MOST ? o.refuse(name, `at most ${MOST}`) : count;
}

/** A function of the retry, or a made backoff that came as data; `undefined` when there is none. */
export function readBackoff(o: PolicyReader, name: string): Backoff | undefined {
  const given = o.get(name);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return o.fn<Backoff, { optional: true }>(name, { optional: true });
  }
  const backoff = backoffFrom(given, `${o.path}.${name}`);
  o.keep(name, backoffData(backoff));
  return backoff;
}
