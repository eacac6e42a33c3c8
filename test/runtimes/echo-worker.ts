import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { type Greeting, greet } from './greeting.ts';

assert.ok(parentPort);
const port = parentPort;
Atomics.add(new Int32Array(workerData.shared), 0, 1);
port.on('message', (greeting: Greeting) => port.postMessage(greet(greeting)));
