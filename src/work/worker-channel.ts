// What happens to threads, for whoever subscribes to `holdfast:worker`.

import { WORKER_CHANNEL } from '../base/diagnostics.ts';

export interface WorkerEvent {
  runtime: string;
  /** `retired`: it had nothing to do. `unended`: the thread was told to end and goes on all the same. */
  event: 'started' | 'lost' | 'retired' | 'unended';
  /** The thread's row in the shared memory. */
  thread: number;
  reason?: string;
  /** The task that it had begun. */
  task?: string;
}

export function tellWorkers(event: WorkerEvent): void {
  if (WORKER_CHANNEL.hasSubscribers) WORKER_CHANNEL.publish({ ...event });
}
