// One thread of a crew: waits for orders, for the others, and does what it was told.

import { parentPort, workerData } from 'node:worker_threads';
import { seededRandom } from '../../src/base/random.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Slot } from '../../src/state/slot.ts';
import type { Membership, Order } from './crew.ts';
import { jobs, type Stage } from './jobs.ts';

const { handle, member }: Membership = workerData;
const plane = StatePlane.attach(handle);
if (parentPort === null) throw new Error('a crew has no member on the main thread');
const port = parentPort;

port.on('message', (order: Order | 'leave') => {
  if (order === 'leave') port.close();
  else port.postMessage(obey(order));
});
port.postMessage('here');

function obey({ job, index, args, gate, size, seed }: Order): unknown {
  try {
    const random = seededRandom(seed);
    const slot = new Slot(plane, index);
    const { kernels, rowAt, fence } = plane;
    const stage: Stage = {
      plane,
      kernels,
      slot,
      rowAt,
      fence,
      member,
      random: (below) => Math.floor(random() * below),
    };
    const work = jobs[job](stage, args as never);
    meet(new Int32Array(gate), size);
    return work();
  } catch (error) {
    return error;
  }
}

function meet(gate: Int32Array, size: number): void {
  if (Atomics.add(gate, 0, 1) === size - 1) {
    Atomics.store(gate, 1, 1);
    Atomics.notify(gate, 1);
  }
  while (Atomics.load(gate, 1) === 0) Atomics.wait(gate, 1, 0, 1_000);
}
