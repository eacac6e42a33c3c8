// WebAssembly's conversions, for numbers that stand for 64-bit integers.

export const TWO_32 = 4294967296;

/** The upper half of a word whose lower half was added to, as an unsigned number, and became `low`. */
export function carried(high: number, low: number): number {
  return (high + Math.floor(low / TWO_32)) | 0;
}

/** A double cut to a whole number, as for an i64: NaN is 0. */
export function whole(value: number): number {
  return Math.trunc(value) || 0;
}

/** A double cut to an i32: NaN is 0, what does not fit is the nearest that does. */
export function int32(value: number): number {
  return value >= 2147483647 ? 2147483647 : value <= -2147483648 ? -2147483648 : value | 0;
}

// From here on a double has no fraction; below, adding it leaves none, rounded as the hardware rounds.
const NO_FRACTION = 4503599627370496;

/** Rounds to the nearest whole number, halves to the even one. */
export function nearest(value: number): number {
  if (value >= 0) return value < NO_FRACTION ? value + NO_FRACTION - NO_FRACTION : value;
  return value > -NO_FRACTION ? value - NO_FRACTION + NO_FRACTION : value;
}
