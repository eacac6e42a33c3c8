// The outcomes that whole calls, one after the other, can have: what concurrent calls are measured against.

import { outcomeOf } from './exploration.ts';
import type { Machine } from './machine.ts';
import { Flaw } from './scenario.ts';

/** For each outcome the orders that lead to it; an order names the thread of each call. */
export type Orders = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Resets the machine and tries every order of whole calls. */
export function sequentialOrders(machine: Machine): Orders {
  const orders = new Map<string, number[][]>();
  const visit = (order: readonly number[]) => {
    const { ready } = machine;
    const here = machine.moment();
    if (ready.length === 0) {
      const outcome = outcomeOf(machine);
      orders.set(outcome, [...(orders.get(outcome) ?? []), [...order]]);
    }
    for (const t of ready) {
      const before = machine.threads[t].calls.length;
      const { calls } = machine.threads[t];
      while (machine.threads[t].calls === calls) machine.step(t);
      visit([...order, ...machine.threads[t].calls.slice(before).map(() => t)]);
      machine.goBack(here);
    }
    machine.goBack(here);
  };
  machine.reset();
  visit([]);
  return orders;
}

/** What must hold when every thread has ended; throws when it does not. */
export function checkEnd(machine: Machine, orders: Orders | undefined): void {
  const [asleep] = machine.sleeping;
  if (asleep !== undefined) throw new Flaw(`T${asleep} waits for ever`);
  const why = orders && unexplained(machine, orders);
  if (why) throw new Flaw(why);
  machine.scenario.check?.(machine);
}

function unexplained(machine: Machine, orders: Orders): string | undefined {
  const outcome = outcomeOf(machine);
  const candidates = orders.get(outcome);
  if (!candidates) {
    const possible = [...orders.keys()].sort().join(' or ');
    return `no order of whole calls ends like this: ${outcome}; they end in ${possible}`;
  }
  if (candidates.some((order) => keepsTime(machine, order))) return undefined;
  return `${outcome} is only reached by orders of calls that put a call before one that had already returned`;
}

/** Whether every call that had returned when another took its first step comes before it. */
function keepsTime(machine: Machine, order: readonly number[]): boolean {
  const places = machine.threads.map((_, t) => order.flatMap((of, place) => (of === t ? [place] : [])));
  return machine.threads.every(({ calls }, t) =>
    calls.every(({ after }, i) =>
      after.every((count, other) => count === 0 || other === t || places[other][count - 1] < places[t][i]),
    ),
  );
}
