// A thread of the user's own that takes part in a runtime: does as it is told and answers with counts.

import { once } from 'node:events';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { attach } from '../../src/worker.ts';

interface Order {
  policy: string;
  calls: number;
  fail: boolean;
}

const port = parentPort as MessagePort;
const [handle] = await once(port, 'message');
const runtime = await attach(handle);
let heard = 0;
runtime.policy('send').on('stateChange', () => heard++);

async function obey({ policy, calls, fail }: Order) {
  const guarded = runtime.policy(policy);
  const counts = { ran: 0, refused: 0, failed: 0 };
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: calls }, async () => {
      const outcome = await guarded.executeOutcome(async () => {
        inside++;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
        if (fail) throw new Error('told to');
      });
      if (outcome.ok) counts.ran++;
      else if (outcome.rejected) counts.refused++;
      else counts.failed++;
    }),
  );
  return { ...counts, most };
}

port.on('message', async (order: Order | 'heard' | 'hold') => {
  if (order === 'heard') port.postMessage({ heard });
  else if (order === 'hold') port.postMessage({ held: runtime.policy('held').tryAcquire().ok });
  else {
    try {
      port.postMessage(await obey(order));
    } catch (error) {
      port.postMessage({ error: (error as Error).message, code: (error as { code?: string }).code });
    }
  }
});
port.postMessage('ready');
