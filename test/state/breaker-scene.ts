// A breaker on a stage: calls are admitted, end, and time passes when the scene says so.

import {
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
  F_BREAKER,
  F_COUNTED,
  F_RAMP,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  R_TURNED,
  S_VERDICT,
  T_HALF_OPENED,
  T_TRIAL,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { type Given, givenPolicyOn, type TestedEngine } from './given.ts';

export const STATES = ['closed', 'half-open', 'open', 'isolated', 'disabled', 'metrics-only'] as const;

const ENDINGS = { ok: V_SUCCESS, fails: V_FAILURE, ignored: V_IGNORED } as const;
export type Ending = keyof typeof ENDINGS;
const REFUSALS = new Map([
  [-1, 'open'],
  [-2, 'isolated'],
  [-3, 'ramp'],
]);

export interface BreakerRecipe {
  numbers?: Partial<PolicyNumbers>;
  /** A window of so many calls, or of so many buckets of so many milliseconds. */
  windowCalls?: number;
  windowBuckets?: number;
  bucketMs?: number;
  ramp?: boolean;
}

/** A call that was let through, until it ends. */
export interface Call {
  readonly trial: boolean;
  /** Whether this call turned the breaker half-open. */
  readonly turned: boolean;
  /** What it changed: opened, reopened, closed or nothing. Lasts `ms`; opens for `openMs` when that is given. */
  ends(ending: Ending, ms?: number, openMs?: number): 'opened' | 'reopened' | 'closed' | undefined;
}

export type BreakerScene = ReturnType<typeof givenBreaker>;

export function givenBreaker(engine: TestedEngine, recipe: BreakerRecipe) {
  const { numbers, ramp, ...shape } = recipe;
  let features = F_BREAKER | F_COUNTED;
  if (shape.windowCalls) features |= F_WINDOW_CALLS;
  if (shape.windowBuckets) features |= F_WINDOW_TIME;
  if (ramp) features |= F_RAMP;
  const policy = givenPolicyOn(engine, { ...shape, features, numbers: { openMs: 1_000, ...numbers } });
  return { ...stage(policy), policy };
}

function stage({ kernels, slot, plane }: Given) {
  let now = 1_000_000;
  const { at, cell } = slot;

  /** A call, or why it was refused. */
  function tries(draw = 0): Call | string {
    const ticket = kernels.admit(at, cell, plane.rowAt, plane.fence, now, 1, draw, 0);
    if (ticket < 0) {
      if (ticket <= -R_TURNED) throw new Error('turned half-open and refused: no scene is about that');
      kernels.refuse(at, plane.rowAt, now, 1, ticket);
      return REFUSALS.get(ticket) ?? `refused with ${ticket}`;
    }
    return callOf(ticket, now);
  }

  function callOf(ticket: number, startMs: number): Call {
    return {
      trial: (ticket & T_TRIAL) !== 0,
      turned: (ticket & T_HALF_OPENED) !== 0,
      ends: (ending, ms = 0, openMs = -1) => {
        now = Math.max(now, startMs + ms);
        const verdict = ENDINGS[ending];
        const events = kernels.settle(
          at,
          cell,
          plane.fence,
          ticket,
          now - ms,
          now,
          verdict,
          S_VERDICT,
          openMs,
        );
        if (events & E_OPENED) return 'opened';
        if (events & E_REOPENED) return 'reopened';
        return events & E_CLOSED ? 'closed' : undefined;
      },
    };
  }

  /** A call that has to be let through. */
  function call(draw = 0): Call {
    const answer = tries(draw);
    if (typeof answer === 'string') throw new Error(`the call was refused: ${answer}`);
    return answer;
  }

  /** Calls one after the other, each over at once; what the last one changed. */
  function calls(count: number, ending: Ending, ms = 0) {
    let changed: ReturnType<Call['ends']>;
    for (let i = 0; i < count; i++) changed = call().ends(ending, ms);
    return changed;
  }

  /** A call that began so long ago ends now: what it changed. */
  function ended(ending: Ending, ms: number) {
    return callOf(ticketOf(), now - ms).ends(ending, ms);
  }

  const ticketOf = () => kernels.admit(at, cell, plane.rowAt, plane.fence, now, 1, 0, 0);

  const read = (which: number) => kernels.breakerCount(at, now, which);
  return {
    tries,
    call,
    calls,
    ended,
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
    state: () => STATES[kernels.breakerState(at, now)],
    waitMs: () => kernels.breakerWait(at, now),
    counts: () => ({ total: read(0), failures: read(1), slow: read(2), ignored: read(3) }),
    durationMs: () => read(4),
    rejected: () => read(5),
    force: (openMs: number) => kernels.breakerForce(at, now, openMs),
    mode: (mode: number) => kernels.breakerMode(at, mode),
    isolate: (by: number) => kernels.breakerIsolate(at, cell, plane.fence, by),
    restore: (state: number, row: number, leftMs: number) =>
      kernels.breakerRestore(at, now, state, row, leftMs),
  };
}
