// What chaos may do to the thread that it is in: nothing, until the manager says so. One thread is always spared,
// and only the manager knows which; the main thread never asks for it.

let allowed = false;

/** Whether chaos may end or block this thread from now on. */
export function allowThreadChaos(may: boolean): void {
  allowed = may;
}

export function mayStrikeThread(): boolean {
  return allowed;
}

let confess = (): void => {};

/** Whom chaos tells before it ends this thread, so that no task is blamed for it. */
export function beforeKill(tell: () => void): void {
  confess = tell;
}

/** Ends this thread, as a crash would. */
export function killThread(): void {
  confess();
  process.exit(1);
}

/** Lets this thread do nothing at all for a while, not even turn its event loop. */
export function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
