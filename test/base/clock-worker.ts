import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/base/clock.ts';
import { adoptThreadOrigin } from '../../src/base/thread-time.ts';

const unadopted = systemClock.now();
adoptThreadOrigin(workerData.originMs);
parentPort?.on('message', () => parentPort?.postMessage({ unadopted, nowMs: systemClock.now() }));
parentPort?.postMessage('ready');
