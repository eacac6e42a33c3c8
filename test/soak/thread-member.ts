// A thread of the soak: begins calls when it is told to, and fires its timers as the common clock goes on.

import { once } from 'node:events';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type RuntimeHandle, sharedHost } from '../../src/policy/attached.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { drawFrom } from './draw.ts';
import { sharedClock } from './shared-clock.ts';
import { ThreadCalls } from './thread-calls.ts';

export interface MemberStart {
  handle: RuntimeHandle;
  time: Int32Array;
  counts: Int32Array;
  seed: string;
}

/** To begin at most so many calls, or to hold on to what can be had. */
export type Order = { begin: number } | { hoard: true };

const port = parentPort as MessagePort;
const [start] = (await once(port, 'message')) as [MemberStart];
const clock = sharedClock(start.time);
const draw = drawFrom(start.seed);
const plane = StatePlane.attach(start.handle.plane);
const host = sharedHost(plane, () => true);
const policies = new SharedPolicies({ plane, clock, random: draw.share, host });
const calls = new ThreadCalls(clock, draw, (name) => policies.get(name), start.counts);

port.on('message', (order: Order) => {
  clock.tick();
  if ('hoard' in order) port.postMessage(calls.hoard());
  else {
    calls.begin(order.begin);
    // When what could settle has settled.
    setImmediate(() => port.postMessage(0));
  }
});
port.postMessage('ready');
