// Series as Prometheus would read them.

interface Scraped {
  readonly metrics: { metrics(): Promise<string> };
}

/** Every series without the prefix, labels in the order of the text, and its number. */
export async function scrape(holdfast: Scraped): Promise<Map<string, number>> {
  const series = new Map<string, number>();
  for (const line of (await holdfast.metrics.metrics()).split('\n')) {
    const match = /^holdfast_(.*) (\S+)$/.exec(line);
    if (match === null || line.startsWith('#')) continue;
    series.set(match[1], Number(match[2].replace('Inf', 'Infinity')));
  }
  return series;
}

/** Series of a metric, labels in alphabetical order. */
export function labelled(name: string, labels: Record<string, string>): string {
  const parts = Object.keys(labels)
    .sort()
    .map((label) => `${label}="${labels[label]}"`);
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}
