// Pauses between retries. Each is found by multiplying or adding, never by a
// power function, and the cap ends the loop: any retry number gives a finite
// pause in 0…maxMs.

export const CONSTANT: i32 = 0;
export const LINEAR: i32 = 1;
export const EXPONENTIAL: i32 = 2;
export const FIBONACCI: i32 = 3;
export const DECORRELATED: i32 = 4;

/** base · factor^(n−1), by squaring. */
function powered(base: f64, factor: f64, n: f64, cap: f64): f64 {
  if (base <= 0) return 0;
  let value = base;
  let square = factor;
  let left = i64(min(n - 1, 1e9));
  while (left > 0) {
    if (left & 1) value *= square;
    // A product at the cap only grows when the factor is at least 1.
    if (factor >= 1 && value >= cap) return cap;
    square *= square;
    left >>= 1;
  }
  return min(value, cap);
}

function fibonacci(base: f64, n: f64, cap: f64): f64 {
  let before: f64 = 0;
  let value = base;
  const last = i32(min(n, 1500));
  for (let i = 1; i < last && value < cap; i++) {
    const sum = before + value;
    before = value;
    value = sum;
  }
  return min(value, cap);
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
  kind: i32,
  n: f64,
  base: f64,
  step: f64,
  maxMs: f64,
  jitter: f64,
  draw: f64,
  previous: f64,
): f64 {
  if (kind == DECORRELATED) {
    const from = max(previous, base);
    return max<f64>(min(base + draw * (from * 3 - base), maxMs), 0);
  }
  let pause = base;
  if (kind == LINEAR) pause = base + step * (n - 1);
  else if (kind == EXPONENTIAL) pause = powered(base, step, n, maxMs);
  else if (kind == FIBONACCI) pause = fibonacci(base, n, maxMs);
  pause = min(pause, maxMs);
  if (jitter == -1) pause *= draw;
  else if (jitter == -2) pause = pause / 2 + (pause / 2) * draw;
  else pause *= 1 + jitter * (2 * draw - 1);
  return max<f64>(min(pause, maxMs), 0);
}
