// What anybody in the process may listen to: `node:diagnostics_channel`.
//
// A channel without subscribers costs one look at a property; messages are made for subscribers only. Messages
// are published in the thread in which the thing happens.

import { type Channel, channel } from 'node:diagnostics_channel';

/** What is published where. */
export interface DiagnosticMessages {
  /** A call that ran has ended. */
  'holdfast:call': {
    policy: string;
    ok: boolean;
    durationMs: number;
    attempts: number;
    error?: unknown;
  };
  /** A call was refused. */
  'holdfast:rejected': {
    policy: string;
    strategy: string;
    code: string;
    retryAfterMs: number | undefined;
  };
  /** A breaker moved, a budget ran out or recovered, a burn alert came or went, a limit was adapted. */
  'holdfast:state': {
    runtime: string;
    event: 'stateChange' | 'exhausted' | 'recovered' | 'alert' | 'limitChange';
    policy: string;
  } & Readonly<Record<string, unknown>>;
  /** A worker thread came, went or was lost. */
  'holdfast:worker': { runtime: string; event: string } & Readonly<Record<string, unknown>>;
  /** The runtime moved on, or a component was started or stopped. */
  'holdfast:lifecycle':
    | { runtime: string; event: 'state'; from: string; to: string }
    | { runtime: string; event: 'start' | 'stop'; component: string; phase: number; error?: unknown };
  /** A check went up or down, or a component is recovered. */
  'holdfast:health': { runtime: string; event: 'change' | 'recover'; check: string } & Readonly<
    Record<string, unknown>
  >;
  /** Chaos was injected, or an experiment began or ended. */
  'holdfast:chaos': { event: 'injected' | 'began' | 'ended' } & Readonly<Record<string, unknown>>;
}

/** A channel of Holdfast's. Ask `hasSubscribers` before making a message. */
export interface DiagnosticChannel<Name extends keyof DiagnosticMessages> {
  readonly hasSubscribers: boolean;
  publish(message: DiagnosticMessages[Name]): void;
}

function named<Name extends keyof DiagnosticMessages>(name: Name): DiagnosticChannel<Name> {
  return channel(name) as Channel as DiagnosticChannel<Name>;
}

export const CALL_CHANNEL = named('holdfast:call');
export const REJECTED_CHANNEL = named('holdfast:rejected');
export const STATE_CHANNEL = named('holdfast:state');
export const WORKER_CHANNEL = named('holdfast:worker');
export const LIFECYCLE_CHANNEL = named('holdfast:lifecycle');
export const HEALTH_CHANNEL = named('holdfast:health');
export const CHAOS_CHANNEL = named('holdfast:chaos');

/** Publishes the end of a call that ran. */
export function publishCall(
  facts: { policy: string; durationMs: number; attempts: number },
  ok: boolean,
  error: unknown,
): void {
  CALL_CHANNEL.publish(ok ? { ...facts, ok } : { ...facts, ok, error });
}
