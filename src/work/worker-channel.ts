// What happens to threads, for whoever subscribes to `holdfast:worker`. Costs nothing without subscribers.

import { channel } from 'node:diagnostics_channel';

export interface WorkerEvent {
  runtime: string;
  kind: 'started' | 'lost' | 'unended';
  /** The thread's row in the shared memory. */
  thread: number;
  reason?: string;
  task?: string;
}

const workers = channel('holdfast:worker');

export function tellWorkers(event: WorkerEvent): void {
  if (workers.hasSubscribers) workers.publish(event);
}
