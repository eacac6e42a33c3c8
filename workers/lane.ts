// Where a thread of the pool begins. The pool loads this file and calls `lane` once.

import { type MessagePort, threadId } from 'node:worker_threads';
import { systemClock } from '../src/base/clock.ts';
import { toWire } from '../src/base/error-wire.ts';
import { backgroundTimersOf, callbackTimer } from '../src/base/timers.ts';
import { attachAdmitted } from '../src/policy/attached.ts';
import { beforeKill } from '../src/policy/thread-chaos.ts';
import { beat, strike } from '../src/work/board.ts';
import { LaneLoop } from '../src/work/lane-loop.ts';
import type { LaneReady, LaneStart } from '../src/work/messages.ts';
import { loadTasks } from '../src/work/task-module.ts';
import { offerControl } from '../src/work/worker-control.ts';
import { enterRuntime } from '../src/work/worker-runtime.ts';

const PULSE_MS = 100;

/** Joins the runtime, loads the tasks and listens for work. What goes wrong is told, not thrown. */
export async function lane(start: LaneStart): Promise<LaneReady> {
  try {
    const runtime = await attachAdmitted(start.handle);
    enterRuntime(runtime);
    const tasks = await loadTasks(start.tasks, start.context);
    const port = start.port as MessagePort;
    const loop = new LaneLoop(port, start.board, tasks, start.errors);
    port.on('message', (message) => loop.take(message as unknown[]));
    port.on('messageerror', () => loop.unreadable());
    keepBeating(start.board);
    beforeKill(() => strike(start.board));
    offerControl(runtime);
    return { threadId, names: tasks.names };
  } catch (error) {
    return { threadId, failed: toWire(error) };
  }
}

/** Beats while the event loop turns, and keeps no thread alive for it. */
function keepBeating(board: LaneStart['board']): void {
  const timers = backgroundTimersOf(systemClock);
  const pulse = callbackTimer((nowMs) => {
    beat(board);
    timers.arm(pulse, nowMs + PULSE_MS);
  });
  timers.arm(pulse, systemClock.now() + PULSE_MS);
}
