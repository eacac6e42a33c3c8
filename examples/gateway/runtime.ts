// The runtime of the gateway: its policies, its threads, its health.

import { createHoldfast, tasksOf } from 'holdfast';
import { BadInputError } from './bad-input.ts';
import { policies } from './policies.ts';

export function makeRuntime() {
  return createHoldfast({
    name: 'gateway',
    policies,
    workers: {
      tasks: tasksOf<typeof import('./tasks.ts')>(new URL('./tasks.ts', import.meta.url)),
      // A flood of one kind delays the others by one task at most; parsing is short and gets twice its share.
      compartments: { parse: { weight: 2 } },
      errors: [BadInputError],
    },
    health: { intervalMs: 1_000, timeoutMs: 1_000, failureThreshold: 2 },
  });
}

export type Runtime = ReturnType<typeof makeRuntime>;
