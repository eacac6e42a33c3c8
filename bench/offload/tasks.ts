// What the threads run in the offload bench, whoever sends it. Raw Piscina runs what is exported by default.

export interface Work {
  /** Comes back, so that it can be seen that the task was done. */
  index: number;
  /** How long the thread is kept busy; 0 for a task that only answers. */
  ms: number;
}

export function work({ index, ms }: Work): number {
  if (ms > 0) {
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs);
  }
  return index;
}

export default work;
