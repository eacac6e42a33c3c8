// What may be changed from outside.

import { readOptions } from '../base/options.ts';
import type { Holdfast } from '../control/holdfast.ts';
import type { CircuitBreakerPart, Isolation } from '../policy/breaker-part.ts';
import { BadRequest } from './answers.ts';

const ACTIONS = ['open', 'close', 'isolate', 'release', 'disable', 'metricsOnly'] as const;

/** Commands for the breakers, the numbers and the chaos of a runtime. */
export class Commands {
  readonly #holdfast: Holdfast;
  /** Isolations made here, by breaker and not by name, which another may have by now. Whoever may command releases. */
  readonly #isolations = new WeakMap<CircuitBreakerPart, Isolation>();

  constructor(holdfast: Holdfast) {
    this.#holdfast = holdfast;
  }

  /** `{ action, forMs? }` → the state afterwards. */
  circuitBreaker(name: string, body: unknown): { state: string } {
    const part = this.#holdfast.policy(name).circuitBreaker;
    if (part === undefined) throw new BadRequest(`policy "${name}" has no circuit breaker`);
    const o = readOptions('body', body, ['action', 'forMs']);
    const action = o.oneOf('action', ACTIONS);
    const forMs = o.durationMs('forMs', { above: 0, optional: true });
    if (forMs !== undefined && action !== 'open') o.refuse('forMs', 'no duration but for open');
    if (action === 'isolate') {
      if (!this.#isolations.has(part)) this.#isolations.set(part, part.isolate());
    } else {
      if (action === 'release' || action === 'close') this.#release(part);
      if (action === 'open') part.open(forMs);
      else if (action !== 'release') part[action]();
    }
    return { state: part.state };
  }

  /** Numbers of a policy's options, and nothing else. */
  update(name: string, body: unknown): void {
    const policy = this.#holdfast.policy(name);
    onlyNumbers('body', body);
    policy.update(body as never);
  }

  /** `{ policies?, kinds?, forMs }` begins experiments, `{ off: true }` ends all. */
  chaos(body: unknown): void {
    const o = readOptions('body', body, ['policies', 'kinds', 'forMs', 'off']);
    if (o.boolean('off', { default: false })) return this.#holdfast.chaos.disable();
    o.durationMs('forMs', { above: 0 });
    const { off: _, ...request } = body as Record<string, unknown>;
    this.#holdfast.chaos.enable(request);
  }

  #release(part: CircuitBreakerPart): void {
    this.#isolations.get(part)?.();
    this.#isolations.delete(part);
  }
}

function onlyNumbers(path: string, value: unknown): void {
  if (typeof value === 'number') return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequest(`${path}: only numbers can be changed from outside`);
  }
  for (const [key, inner] of Object.entries(value)) onlyNumbers(`${path}.${key}`, inner);
}
