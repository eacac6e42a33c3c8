// A user's own function that should give milliseconds.

/** What `ask` gives when it is a finite number of at least 0; else, or when it throws, `otherwise`. */
export function guardedMs(ask: () => unknown, otherwise: number): number {
  try {
    const ms = ask();
    return typeof ms === 'number' && ms >= 0 && ms < Number.POSITIVE_INFINITY ? ms : otherwise;
  } catch {
    return otherwise;
  }
}
