import { threadId } from 'node:worker_threads';

/** The number of the thread that it runs on. */
export function thread(): number {
  return threadId;
}
