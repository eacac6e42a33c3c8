// What rounds say together.

export interface Figure {
  /** The one that a tenth of the rounds are better than: close to the best, and not one lucky round. */
  figure: number;
  best: number;
  median: number;
  rounds: number;
  /** Half the spread of the middle rounds over the figure. */
  spread: number;
}

/** `higher`: more is better, so a disturbed round is a smaller one. */
export function figureOf(values: readonly number[], higher = false): Figure {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new Error('there is nothing to judge by');
  const sorted = values.toSorted((a, b) => (higher ? b - a : a - b));
  const quarter = sorted.length >> 2;
  const figure = sorted[Math.floor(sorted.length / 10)];
  return {
    figure,
    best: sorted[0],
    median: sorted[sorted.length >> 1],
    rounds: sorted.length,
    spread: Math.abs(sorted[sorted.length - 1 - quarter] - sorted[quarter]) / 2 / figure,
  };
}

/** Half the spread of the middle of them over their median. */
export function noiseOf(ratios: readonly number[]): number {
  const sorted = ratios.toSorted((a, b) => a - b);
  const quarter = sorted.length >> 2;
  return (sorted[sorted.length - 1 - quarter] - sorted[quarter]) / 2 / sorted[sorted.length >> 1];
}
