// Judges mutants, in a process of its own that scripts/mutate-kernels.mjs talks to: one message with a binary and the
// numbers of the mutants in it is answered by one message with what killed each.

import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
const { judge } = await import('./judge.ts');

process.on('message', async (message: Parameters<typeof judge>[0]) => {
  try {
    await judge(message, (number, killer) => process.send?.({ number, killer }));
    process.send?.({ done: true });
  } catch (error) {
    process.send?.({ failed: (error as Error).stack });
  }
});
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
