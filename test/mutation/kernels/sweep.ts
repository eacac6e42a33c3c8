// Judges mutants, in a process of its own that scripts/mutate-kernels.mjs talks to: one message with a binary and the
// numbers of the mutants in it is answered by one message with what killed each.

import { register } from 'node:module';
import type { Batch } from './judge.ts';
import type { Orders } from './orders.ts';

register('./hooks.mjs', import.meta.url);
const { judge } = await import('./judge.ts');
const { judgeOrders } = await import('./orders.ts');

process.on('message', async (message: Batch | Orders) => {
  try {
    const answer = (number: number, killer: string | null) => process.send?.({ number, killer });
    if ('sources' in message) await judgeOrders(message, answer);
    else await judge(message, answer);
    process.send?.({ done: true });
  } catch (error) {
    process.send?.({ failed: (error as Error).stack });
  }
});
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
