const EVERY_MS = 5_000;

let toldMs = 0;

/** Tells the process that waits for an answer, now and then, that this one has not come to a stop. */
export function alive(): void {
  const nowMs = performance.now();
  if (nowMs - toldMs < EVERY_MS) return;
  toldMs = nowMs;
  process.send?.({ alive: true });
}
