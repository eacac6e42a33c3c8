// Run as a process of its own: many links, one of which throws.

import { linkSignal } from '../../src/base/signals.ts';

process.on('warning', (warning) => console.log(`warned: ${warning.message}`));
process.on('uncaughtException', (error) => console.log(`raised ${error.message}`));

const controller = new AbortController();
linkSignal(controller.signal, () => {
  throw new Error('first');
});
for (let index = 0; index < 100; index++) linkSignal(controller.signal, () => {});
linkSignal(controller.signal, () => console.log('second told'));
controller.abort();
