// What changes in the policies' shared state, heard once for the whole runtime.
//
// Policies come and go; whoever wants to hear of all of them listens here. What
// this thread changes is heard at once; what other threads change, as soon as
// there are any.

import { STATE_CHANNEL } from '../base/diagnostics.ts';
import { Emitter, type Listener, type Subscription } from '../base/events.ts';
import type { SharedEvents } from '../policy/events.ts';
import { Policy } from '../policy/policy.ts';

const NAMES = ['stateChange', 'exhausted', 'recovered', 'alert', 'limitChange'] as const;
type Name = (typeof NAMES)[number];

/** A change in the shared state of a policy. */
export type PolicyChange = { [Each in Name]: { event: Each } & SharedEvents[Each] }[Name];

export class Watch {
  readonly #runtime: string;
  readonly #events = new Emitter<{ change: PolicyChange }>('policies', ['change']);
  readonly #moves = new WeakMap<Policy, Map<string, number>>();

  constructor(runtime: string) {
    this.#runtime = runtime;
  }

  /** Listens to a policy as long as there is one. */
  add(policy: Policy): void {
    const { events } = Policy.coreOf(policy);
    for (const event of NAMES) {
      events.on(event, (facts) => this.#tell({ event, ...facts } as PolicyChange));
    }
    const moves = new Map<string, number>();
    events.on('stateChange', ({ from, to }) =>
      moves.set(`${from}>${to}`, (moves.get(`${from}>${to}`) ?? 0) + 1),
    );
    this.#moves.set(policy, moves);
  }

  /** How often a policy's breaker was heard to move, by the move: `closed>open`. */
  moves(policy: Policy): ReadonlyMap<string, number> {
    return this.#moves.get(policy) ?? new Map();
  }

  /** Other threads take part: from now on their changes are looked for too. */
  hearOthers(policies: readonly Policy[]): void {
    // Listening to one policy through its front door makes this thread read the ring for all of them.
    policies[0]?.on('overrun', () => {});
  }

  on(listener: Listener<PolicyChange>): Subscription {
    return this.#events.on('change', listener);
  }

  #tell(change: PolicyChange): void {
    if (STATE_CHANNEL.hasSubscribers) STATE_CHANNEL.publish({ runtime: this.#runtime, ...change });
    this.#events.emit('change', change);
  }
}
