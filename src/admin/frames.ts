// What the dashboard is told, once a second: everything at first, then what has changed.

import type { Clock } from '../base/clock.ts';
import type { Holdfast } from '../control/holdfast.ts';
import type { RuntimeView } from '../control/views.ts';

/** Percentiles are looked at every third second: they move slowly and are dear to read. */
const LATENCY_AGE_MS = 2_500;

/** One event of the stream, as text. */
export interface Frame {
  /** Every policy. */
  full(): string;
  /** The policies that changed since the frame before; the runtime in any case. */
  changes: string;
}

export class Frames {
  readonly #holdfast: Holdfast;
  readonly #clock: Clock;
  #seen = new Map<string, string>();

  constructor(holdfast: Holdfast, clock: Clock) {
    this.#holdfast = holdfast;
    this.#clock = clock;
  }

  next(): Frame {
    const before = this.#seen;
    const now = new Map(
      this.#holdfast.views(LATENCY_AGE_MS).map((view) => [view.name, JSON.stringify(view)]),
    );
    this.#seen = now;
    const runtime = JSON.stringify(describeRuntime(this.#holdfast, this.#clock));
    const changed = [...now].filter(([name, text]) => before.get(name) !== text).map(([, text]) => text);
    const gone = [...before.keys()].filter((name) => !now.has(name));
    const text = (kind: string, policies: Iterable<string>, removed: string[]) =>
      `event: ${kind}\ndata: {"runtime":${runtime},"policies":[${[...policies].join()}],"gone":${JSON.stringify(removed)}}\n\n`;
    return { full: () => text('full', now.values(), []), changes: text('changes', changed, gone) };
  }
}

/** Everything about the runtime that is not a policy. */
export function describeRuntime(holdfast: Holdfast, clock: Clock): RuntimeView {
  const { checks, ready, live } = holdfast.health.status();
  return {
    name: holdfast.name,
    state: holdfast.state,
    engine: holdfast.engine,
    atMs: clock.wallMs(),
    ready,
    live,
    checks: checks.map(({ name, kind, state, readiness, liveness, lastError, durationMs }) => {
      return { name, kind, state, readiness, liveness, durationMs, error: textOf(lastError) };
    }),
    level: holdfast.degradation.level(),
    levels: Object.fromEntries(holdfast.degradation.components()),
    experiments: holdfast.chaos.experiments(),
    pool: poolOf(holdfast),
  };
}

function poolOf(holdfast: Holdfast): RuntimeView['pool'] {
  const stats = holdfast.workers;
  if (stats === undefined) return undefined;
  const { threads, waiting, tasks, lost } = stats;
  return { threads, waiting: Object.fromEntries(waiting), tasks: Object.fromEntries(tasks), lost };
}

function textOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.message : String(error);
}
