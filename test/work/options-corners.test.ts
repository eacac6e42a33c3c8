import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';

const tasks = tasksOf(new URL('./tasks.ts', import.meta.url));

it('workers are refused what cannot be right, at its place', () => {
  const refused = (workers: object, path: string) =>
    assert.throws(() => createHoldfast({ workers: { tasks, ...workers } as never }), { path });
  class Own extends Error {}
  const Twin = { Own: class Own extends Error {} }.Own;
  refused({ errors: [Own, Twin] }, 'workers.errors');
  for (const each of [7, null, 'Error', class {}]) refused({ errors: [each] }, 'workers.errors[0]');
  for (const context of ['no url', 7, {}]) refused({ context }, 'workers.context');
  refused({ compartments: { cpu: { weight: 0 } } }, 'workers.compartments.cpu.weight');
  refused({ compartments: { cpu: { threads: 0.5 } } }, 'workers.compartments.cpu.threads');
});

it('compartments are as told, or share the threads by a weight of one', () => {
  for (const compartments of [{}, { cpu: {} }, { cpu: undefined }, { cpu: { weight: 2 } }] as object[]) {
    assert.ok(createHoldfast({ workers: { tasks, compartments } as never }));
  }
});

it('a context module is told by its URL, as text or as one', () => {
  const context = new URL('./context-module.ts', import.meta.url);
  for (const each of [context, context.href]) {
    assert.ok(createHoldfast({ workers: { tasks, context: each as URL } }));
  }
});
