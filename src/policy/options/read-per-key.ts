// A bucket for each key.

import type { PolicyReader } from './policy-reader.ts';

/**
 * The table is of fixed size; a key costs no timer and no object. A bucket that is full again may be taken over by
 * another key, a spent one never.
 */
export interface PerKeyOptions {
  /** Keys that can be in use at one time, at least; a whole number from 1 to 134 217 728. */
  maxKeys: number;
  /**
   * What a key does when no bucket is free: use one that all such keys share (`'shared'`, the default), or be
   * refused with `HF_KEYS_EXHAUSTED` (`'refuse'`).
   */
  onFull?: 'shared' | 'refuse';
}

const MOST_KEYS = 2 ** 27;

export function readPerKey(o: PolicyReader): { maxKeys: number; onFull: 'shared' | 'refuse' } | undefined {
  const perKey = o.child('perKey', ['maxKeys', 'onFull']);
  if (perKey === undefined) return undefined;
  return {
    maxKeys: perKey.number('maxKeys', { whole: true, atLeast: 1, atMost: MOST_KEYS }),
    onFull: perKey.oneOf('onFull', ['shared', 'refuse'], { default: 'shared' }),
  };
}
