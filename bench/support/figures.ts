// What rounds say together.

export interface Figure {
  /** The round in the middle. */
  figure: number;
  best: number;
  rounds: number;
  /** Half the spread of the middle rounds over the figure. */
  spread: number;
}

/** `higher`: more is better, so the best is the greatest. */
export function figureOf(values: readonly number[], higher = false): Figure {
  const sorted = sortedOf(values);
  const quarter = sorted.length >> 2;
  const figure = sorted[sorted.length >> 1];
  return {
    figure,
    best: higher ? sorted[sorted.length - 1] : sorted[0],
    rounds: sorted.length,
    spread: (sorted[sorted.length - 1 - quarter] - sorted[quarter]) / 2 / figure,
  };
}

/**
 * The mean of the middle half. A median jumps when the rounds fall into two heaps, a mean follows whatever disturbs a
 * single one; this does neither.
 */
export function middleOf(values: readonly number[]): number {
  const sorted = sortedOf(values);
  const quarter = sorted.length >> 2;
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** The best round of one over the best of another. */
export function bestRatio(taken: readonly number[], base: readonly number[]): number {
  return figureOf(taken).best / figureOf(base).best;
}

/** Half the spread of the middle of them over their median. */
export function noiseOf(ratios: readonly number[]): number {
  return figureOf(ratios).spread;
}

function sortedOf(values: readonly number[]): number[] {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new Error('there is nothing to judge by');
  return values.toSorted((a, b) => a - b);
}
