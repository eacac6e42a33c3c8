// A transport between machines: what it sends, receives, keeps in step and agrees upon, each under a policy of
// its own, and all of it under one objective for the system.
//
//   phase 0 core · 1 intelligence · 2 coordination · 3 resilience
//
// Sending and receiving are many and small: one that hangs gives up after 30 s, and the limiter finds the rate at
// which latency stays near 100 ms. Keeping in step and agreeing are few and dear: their breakers are quicker to
// open, their bulkheads smaller, their patience with an upstream that is coming back is longer.

import {
  createHoldfast,
  exponential,
  type Holdfast,
  type HoldfastOptions,
  type Operation,
  type Policy,
  type PolicyOptions,
  ping,
  threshold,
  wrap,
} from '../src/index.ts';

const HOUR = 3_600_000;

const traffic: PolicyOptions = {
  circuitBreaker: { consecutiveFailures: 5, openMs: 60_000 },
  timeout: { attemptMs: 30_000 },
  rateLimiter: {
    permitsPerSecond: 1_000,
    adaptive: { minPerSecond: 100, maxPerSecond: 10_000, targetMs: 100 },
  },
  bulkhead: { maxConcurrent: 100, maxQueue: 200, maxWaitMs: 5_000 },
  retry: { maxRetries: 3, backoff: exponential({ baseMs: 100, maxMs: 5_000, factor: 2, jitter: 'full' }) },
  errorBudget: { objective: 0.999, windowMs: HOUR },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
};

export const policies = {
  send: traffic,
  receive: traffic,
  sync: {
    circuitBreaker: { consecutiveFailures: 3, openMs: 30_000 },
    timeout: { attemptMs: 10_000 },
    bulkhead: { maxConcurrent: 50, maxQueue: 100, maxWaitMs: 10_000 },
    retry: { maxRetries: 5, backoff: exponential({ baseMs: 200, maxMs: 10_000 }) },
    errorBudget: { objective: 0.995, windowMs: HOUR },
    latencyBudget: { percentile: 0.95, targetMs: 500 },
  },
  consensus: {
    circuitBreaker: { consecutiveFailures: 3, openMs: 30_000 },
    timeout: { attemptMs: 10_000 },
    bulkhead: { maxConcurrent: 20, maxQueue: 50, maxWaitMs: 15_000 },
    retry: { maxRetries: 5, backoff: exponential({ baseMs: 500, maxMs: 30_000 }) },
    errorBudget: { objective: 0.995, windowMs: HOUR },
    latencyBudget: { percentile: 0.95, targetMs: 1_000 },
  },
  system: { errorBudget: { objective: 0.999, windowMs: HOUR } },
} satisfies Record<string, PolicyOptions>;

export type Work = Exclude<keyof typeof policies, 'system'>;
const WORK: readonly Work[] = ['send', 'receive', 'sync', 'consensus'];

/** Something that is started and stopped with the rest. */
export interface Part {
  start?(): unknown;
  stop?(): unknown;
}

export interface DwcpParts {
  transport: Part & { ping(): unknown };
  intelligence?: Part;
  coordination?: Part;
  resilience?: Part;
}

export interface Dwcp {
  holdfast: Holdfast<keyof typeof policies>;
  /** Runs work under its own policy and counts it for the whole system. */
  run<T>(work: Work, operation: Operation<T>): Promise<T>;
}

/** Share of failed calls in the window of a policy's error budget; 0 while there are no calls. */
export function errorRate({ errorBudget }: Policy, objective: number): number {
  return (errorBudget?.consumed ?? 0) * (1 - objective);
}

export function createDwcp(parts: DwcpParts, options: Omit<HoldfastOptions, 'policies'> = {}): Dwcp {
  const holdfast = createHoldfast({ name: 'dwcp', ...options, policies });
  const { transport, intelligence = {}, coordination = {}, resilience = {} } = parts;
  holdfast.component({ name: 'transport', phase: 0, ...stepsOf(transport) });
  holdfast.component({ name: 'intelligence', phase: 1, ...stepsOf(intelligence) });
  holdfast.component({ name: 'coordination', phase: 2, dependsOn: ['transport'], ...stepsOf(coordination) });
  holdfast.component({ name: 'resilience', phase: 3, ...stepsOf(resilience) });

  const { send, system } = policies;
  const rateOf = (name: 'send' | 'system', objective: number) => () =>
    errorRate(holdfast.policy(name), objective);
  holdfast.health.add(ping('transport-ping', () => transport.ping()));
  holdfast.health.add(
    threshold('send-error-rate', {
      read: rateOf('send', send.errorBudget?.objective ?? 1),
      min: 0,
      max: 0.01,
    }),
  );
  holdfast.health.add(
    threshold('system-error-rate', {
      read: rateOf('system', system.errorBudget.objective),
      min: 0,
      max: 0.001,
    }),
  );
  for (const name of [...WORK, 'system'] as const) holdfast.degradation.drive(name, { budget: name });

  const guarded = new Map(WORK.map((name) => [name, wrap(holdfast.policy('system'), holdfast.policy(name))]));
  return {
    holdfast: holdfast as Holdfast<keyof typeof policies>,
    run: <T>(work: Work, operation: Operation<T>) => {
      const policy = guarded.get(work);
      return policy === undefined
        ? Promise.reject(new RangeError(`no work is called "${work}"`))
        : policy.execute(operation);
    },
  };
}

function stepsOf({ start, stop }: Part) {
  return { start: () => start?.(), stop: () => stop?.() };
}
