/** Lets the event loop turn until something is so; fails when that takes two seconds. */
export async function turns(isSo: () => boolean): Promise<void> {
  const untilMs = performance.now() + 2_000;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error('it never came to be so');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
