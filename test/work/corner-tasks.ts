import { pbkdf2Sync } from 'node:crypto';
import { BlockList } from 'node:net';
import type { TaskContext } from '../../src/worker.ts';
import { gate } from './tasks.ts';

export { echo, exit, mark } from './tasks.ts';

export function echoOrWait(words?: Int32Array): void {
  if (words !== undefined) gate(words);
}

/** What is no JavaScript goes on where a thread is asked to end. */
export function grind(words: Int32Array): void {
  Atomics.store(words, 0, 1);
  pbkdf2Sync('a', 'b', 1_500_000, 32, 'sha512');
}

/** Can be sent, and cannot be read: on Node an object of its own that names a module which is not there. */
export function unreadable(): unknown {
  const list = new BlockList();
  const clone = Object.getOwnPropertySymbols(Object.getPrototypeOf(list)).find((symbol) =>
    /clone/.test(String(symbol)),
  );
  if (clone === undefined) return () => {};
  const value = () => ({ data: {}, deserializeInfo: 'internal/nowhere:Nothing' });
  return Object.defineProperty(list, clone, { value });
}

/** Runs until it is asked to stop. */
export function untilAsked(words: Int32Array, context: TaskContext): void {
  const untilMs = performance.now() + 10_000;
  while (!context.aborted && performance.now() < untilMs);
  Atomics.store(words, 1, context.aborted ? 1 : 0);
}
