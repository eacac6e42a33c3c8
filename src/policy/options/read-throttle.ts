/**
 * Throttle: refuses a share of the calls that grows as the upstream accepts fewer of them, so that what is
 * refused costs nobody anything.
 *
 * A call is refused with probability max(0, (requests − k · accepts) / (requests + 1)), at most `maxRejection`.
 * Source: Beyer et al., Site Reliability Engineering, ch. 21, "Client-Side Throttling".
 */

import type { Draft, PolicyReader } from './policy-reader.ts';
import { WINDOW_MS } from './rules.ts';

export interface ThrottleOptions {
  /** How many requests an accept is worth, at least 1; 2 by default. Lower refuses earlier. */
  k?: number;
  /** How far back requests and accepts count, in ms, at least 1; 120 000 by default. */
  windowMs?: number;
  /** The largest share that is refused, 0…1; 0.9 by default, so that some calls see an upstream that is back. */
  maxRejection?: number;
}

export const THROTTLE = ['k', 'windowMs', 'maxRejection'] as const;

export function readThrottle(o: PolicyReader, { shape, numbers }: Draft): void {
  numbers.throttleK = o.number('k', { atLeast: 1, default: 2 });
  numbers.throttleMax = o.ratio('maxRejection', { default: 0.9 });
  shape.throttle = { windowMs: o.durationMs('windowMs', { ...WINDOW_MS, default: 120_000 }) };
}
