// SIGTERM and SIGINT end the runtime before they end the process.

import { constants } from 'node:os';
import { DISPOSE } from '../base/dispose.ts';
import type { Subscription } from '../base/events.ts';
import { readOptions, refuseValue } from '../base/options.ts';

export interface SignalOptions {
  /** Signals that stop the runtime; SIGTERM and SIGINT by default. */
  signals?: readonly NodeJS.Signals[];
  /** How long calls under way may go on, in ms; 10 000 by default. */
  drainMs?: number;
  /** Whether the process exits when the runtime has stopped, with 0, or 1 when the stop failed; true by default. */
  exit?: boolean;
}

/** Signals that nobody can hear: they end or halt a process, whatever it says. */
const DEAF: readonly unknown[] = ['SIGKILL', 'SIGSTOP'];

function readSignal(item: unknown, path: string): NodeJS.Signals {
  const known = typeof item === 'string' && Object.hasOwn(constants.signals, item) && !DEAF.includes(item);
  return known ? (item as NodeJS.Signals) : refuseValue(path, 'a signal that can be heard', item);
}

/** What ends the process; another one in tests. */
export type Exit = (code: number) => void;

/**
 * Stops at the first signal and exits when that is done; a second signal exits at once, with 128 and the number
 * that shells use. Disposing of what it gives takes the handlers away.
 */
export function handleSignals(
  stop: (drainMs: number) => Promise<void>,
  options: SignalOptions = {},
  exit: Exit = (code) => process.exit(code),
): Subscription {
  const o = readOptions('handleSignals', options, ['signals', 'drainMs', 'exit']);
  const signals = o.array('signals', readSignal, { default: ['SIGTERM', 'SIGINT'] });
  const drainMs = o.durationMs('drainMs', { default: 10_000 });
  const exits = o.boolean('exit', { default: true });
  let stopping = false;
  const heard = (signal: NodeJS.Signals) => {
    if (stopping && exits) return exit(128 + constants.signals[signal]);
    stopping = true;
    const ended = (code: number) => {
      stopping = false;
      if (exits) exit(code);
    };
    stop(drainMs).then(
      () => ended(0),
      (error) => {
        process.emitWarning(`stop on ${signal} failed: ${String(error)}`, {
          type: 'HoldfastWarning',
          code: 'HF_STOP_FAILED',
        });
        ended(1);
      },
    );
  };
  // Not every runtime says which signal it was.
  const listeners = signals.map((signal) => [signal, () => heard(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const dispose = () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  return { dispose, [DISPOSE]: dispose };
}
