// A worker's side of the control channel.

import { getHeapStatistics } from 'node:v8';
import { MessageChannel, parentPort, threadId } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { threadNow } from '../base/thread-time.ts';
import { type AttachedRuntime, openedIn } from '../policy/attached.ts';
import { drainCalls } from '../policy/drain-calls.ts';
import { Policy } from '../policy/policy.ts';
import { allowThreadChaos } from '../policy/thread-chaos.ts';
import type { ManagerSide, WorkerSide } from './control-sides.ts';
import { enterManager } from './task-manager.ts';

/** What a worker hands over: the manager's end of the channel. */
export interface ControlOffer {
  kind: 'holdfast.control';
  threadId: number;
  port: unknown;
}

/**
 * Hands the manager a port, past the one that tasks use. What answers on it is loaded behind the thread's start:
 * messages wait in the port until then.
 */
export function offerControl(runtime: AttachedRuntime): void {
  const { port1, port2 } = new MessageChannel();
  const offer: ControlOffer = { kind: 'holdfast.control', threadId, port: port2 };
  parentPort?.postMessage(offer, [port2]);
  const startedMs = threadNow();
  const calls = () =>
    openedIn(runtime).reduce((sum, policy) => sum + (Policy.executorOf(policy).compiled.live?.size ?? 0), 0);
  const side: WorkerSide = {
    ping() {},
    stats: () => ({
      upMs: threadNow() - startedMs,
      heapUsedBytes: getHeapStatistics().used_heap_size,
      policies: openedIn(runtime).map(({ name }) => name),
      calls: calls(),
    }),
    drain: (drainMs) => drainCalls(openedIn(runtime), systemClock, drainMs),
    chaos: allowThreadChaos,
  };
  enterManager(
    import('./control-channel.ts').then(
      ({ ControlChannel }) => new ControlChannel<ManagerSide>(port1, side, 'manager'),
    ),
  );
}
