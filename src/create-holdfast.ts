// The runtime with its wings: what stands above it is loaded when it is first asked for.

import { createHoldfast as create, type Holdfast } from './control/holdfast.ts';
import type { HoldfastOptions } from './control/runtime-options.ts';
import type { Wings } from './control/wings.ts';
import type { TasksIn } from './work/tasks.ts';

const WINGS: Wings = {
  async admin(holdfast, options, clock) {
    const { serveAdmin } = await import('./admin/server.ts');
    return serveAdmin(holdfast, options, clock);
  },
};

/** Makes a runtime. Policies work at once; `start()` is for what runs beside them. Throws an `OptionsError`. */
export function createHoldfast<const Options extends HoldfastOptions>(
  options: Options = {} as Options,
): Holdfast<keyof Options['policies'] & string, TasksIn<Options>> {
  return create(options, WINGS);
}
