const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 1, notation: 'compact' });

export function count(value: number): string {
  return COUNT.format(value);
}

/** A duration with three digits at most. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(ms >= 600_000 ? 0 : 1)} min`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms >= 10_000 ? 0 : 1)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2)} ms`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 || share > 0.999 ? 1 : 0)} %`;
}

/** Several durations with their unit said once, where they share it. */
export function durations(values: readonly (number | null)[]): string {
  if (values.every((ms) => ms === null)) return '–';
  const said = values.map((ms) => duration(ms));
  const units = new Set(said.map((text) => text.split(' ')[1]));
  return units.size > 1
    ? said.join(' / ')
    : `${said.map((text) => text.split(' ')[0]).join(' / ')} ${[...units][0]}`;
}
