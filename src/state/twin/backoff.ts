// Pauses between retries. Each is found by multiplying or adding, never by a
// power function, and the cap ends the loop: any retry number gives a finite
// pause in 0…maxMs.

import { whole } from './arithmetic.ts';

export const LINEAR = 1;
export const EXPONENTIAL = 2;
export const FIBONACCI = 3;
export const DECORRELATED = 4;

/** base · factor^(n−1), by squaring. */
function powered(base: number, factor: number, n: number, cap: number): number {
  if (base <= 0) return 0;
  let value = base;
  let square = factor;
  let left = whole(Math.max(Math.min(n - 1, 1e9), 0));
  while (left > 0) {
    if (left & 1) value *= square;
    // A product at the cap only grows when the factor is at least 1.
    if (factor >= 1 && value >= cap) return cap;
    square *= square;
    left >>= 1;
  }
  return Math.min(value, cap);
}

function fibonacci(base: number, n: number, cap: number): number {
  let before = 0;
  let value = base;
  const last = whole(Math.min(n, 1500));
  for (let i = 1; i < last && value < cap; i++) {
    const sum = before + value;
    before = value;
    value = sum;
  }
  return Math.min(value, cap);
}

/**
 * The pause before retry `n` (from 1), in milliseconds. `step`: milliseconds for
 * linear, factor for exponential. `jitter`: negative −1 full, −2 equal, else the
 * share by which it varies to both sides. `draw` in 0…1.
 *
 * Decorrelated: base + draw · (3 · previous − base), previous at least base.
 * Source: M. Brooker, "Exponential Backoff and Jitter", 2015.
 */
export function backoff(
  kind: number,
  n: number,
  base: number,
  step: number,
  maxMs: number,
  jitter: number,
  draw: number,
  previous: number,
): number {
  if (kind === DECORRELATED) {
    const from = Math.max(previous, base);
    return Math.max(Math.min(base + draw * (from * 3 - base), maxMs), 0);
  }
  let pause = base;
  if (kind === LINEAR) pause = base + step * (n - 1);
  else if (kind === EXPONENTIAL) pause = powered(base, step, n, maxMs);
  else if (kind === FIBONACCI) pause = fibonacci(base, n, maxMs);
  pause = Math.min(pause, maxMs);
  if (jitter === -1) pause *= draw;
  else if (jitter === -2) pause = pause / 2 + (pause / 2) * draw;
  else pause *= 1 + jitter * (2 * draw - 1);
  return Math.max(Math.min(pause, maxMs), 0);
}
