// What raw Piscina runs in the offload bench.

export default function echo<T>(value: T): T {
  return value;
}

export function spin(ms: number): number {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
  return ms;
}
