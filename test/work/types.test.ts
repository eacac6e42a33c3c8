import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { tasks } from './given.ts';

const holdfast = createHoldfast({
  memory: { policies: 2 },
  policies: { send: {} },
  workers: { tasks, maxThreads: 1 },
});

// Never called: the compiler reads it.
async function typed(): Promise<void> {
  const length: number = await holdfast.offload('length', new Uint8Array(1), { policy: 'send' });
  const text: string = await holdfast.offload('through', 'send');
  await holdfast.offload('uncloneable');
  // @ts-expect-error the result is a number
  const wrong: string = await holdfast.offload('length', new Uint8Array(1));
  // @ts-expect-error no such task
  await holdfast.offload('lenght', new Uint8Array(1));
  // @ts-expect-error not a function, so not a task
  await holdfast.offload('notATask');
  // @ts-expect-error it takes bytes
  await holdfast.offload('length', 'text');
  // @ts-expect-error it takes something
  await holdfast.offload('length');
  void [length, text, wrong];
}

describe('tasks', () => {
  it('have the types of the module’s functions', () => {
    assert.equal(typeof typed, 'function');
  });
});
