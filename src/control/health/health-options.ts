// How checks are run.

import { readOptions } from '../../base/options.ts';

export interface HealthOptions {
  /** Between the end of one run and the beginning of the next, in ms; 10 000 by default. */
  intervalMs?: number;
  /** A check that takes longer, in ms, is down; 5 000 by default. */
  timeoutMs?: number;
  /** Failures in a row that take a check down; 3 by default. A first run that fails, and a hang, do at once. */
  failureThreshold?: number;
  /** Successes in a row that bring it up again; 1 by default. */
  successThreshold?: number;
  /** Whether the built-in checks run (event loop delay, memory, workers, budgets); true by default. */
  builtIn?: boolean;
}

export type HealthSettings = Required<HealthOptions>;

const KNOWN = ['intervalMs', 'timeoutMs', 'failureThreshold', 'successThreshold', 'builtIn'];

/** Reads the option `health`. Throws an `OptionsError`. */
export function readHealthOptions(options: unknown): HealthSettings {
  const o = readOptions('health', options ?? {}, KNOWN);
  return {
    intervalMs: o.durationMs('intervalMs', { above: 0, default: 10_000 }),
    timeoutMs: o.durationMs('timeoutMs', { above: 0, default: 5_000 }),
    failureThreshold: o.number('failureThreshold', { whole: true, atLeast: 1, default: 3 }),
    successThreshold: o.number('successThreshold', { whole: true, atLeast: 1, default: 1 }),
    builtIn: o.boolean('builtIn', { default: true }),
  };
}
