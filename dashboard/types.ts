import type { PolicyView, RuntimeView } from '../src/control/views.ts';

export type { PolicyView };
export type Runtime = RuntimeView;

/** One event of the stream. */
export interface Told {
  runtime: Runtime;
  policies: PolicyView[];
  gone: string[];
}
