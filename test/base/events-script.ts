// Run as a process of its own: what becomes of errors that listeners throw.

import { Emitter } from '../../src/base/events.ts';

const events = new Emitter<{ success: number }>('policies.send', ['success']);
process.on('warning', (warning: Error & { code?: string; detail?: string }) => {
  console.log(`${warning.name} ${warning.code}: ${warning.message}`);
  console.log(`detail: ${warning.detail?.split('\n')[0]}`);
});
process.on('uncaughtException', (error) => console.log(`raised ${error.message}`));
process.on('unhandledRejection', () => console.log('unhandled'));

events.on('success', () => {
  throw new Error('first');
});
events.on('success', async () => {
  throw new Error('second');
});
events.on('success', () => {
  throw 'a text';
});
events.on('success', () => {
  throw Object.create(null);
});
events.on('success', () => console.log('last heard'));
for (let round = 0; round < 3; round++) events.emit('success', round);
