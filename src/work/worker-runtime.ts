// The runtime of the pool, as tasks find it: `import { holdfast } from 'holdfast/worker'`.

import { OptionsError } from '../base/errors.ts';
import type { AttachedRuntime } from '../policy/attached.ts';

// The registry of symbols is common to all copies of the package in a thread.
const RUNTIME = Symbol.for('holdfast.worker-runtime');

const home = globalThis as { [RUNTIME]?: AttachedRuntime };

/** Makes a runtime known to this thread's tasks. */
export function enterRuntime(runtime: AttachedRuntime): void {
  home[RUNTIME] = runtime;
}

function runtime(): AttachedRuntime {
  const entered = home[RUNTIME];
  if (entered !== undefined) return entered;
  throw new OptionsError({
    path: 'holdfast/worker',
    expected: 'a thread of a pool; one of your own joins by attach(handle)',
    received: 'a thread that no runtime has started',
  });
}

/** The runtime that started this thread: its policies in their shared state, no message sent. */
export const holdfast: AttachedRuntime = {
  get name() {
    return runtime().name;
  },
  get engine() {
    return runtime().engine;
  },
  get policies() {
    return runtime().policies;
  },
  policy: (name) => runtime().policy(name),
};
