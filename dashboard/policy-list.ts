// All policies, sorted by trouble, filtered by name.
//
// Rows that are out of sight cost the browser nothing (content-visibility), and a row is moved only when its
// place is another one: five hundred policies stay smooth.

import { byId, write } from './dom.ts';
import { History } from './history.ts';
import { PolicyRow } from './policy-row.ts';
import type { PolicyView, Told } from './types.ts';

type Order = 'trouble' | 'name' | 'calls' | 'latency';

const ORDERS: Record<Order, (a: PolicyRow, b: PolicyRow) => number> = {
  trouble: (a, b) => Math.round(b.score / 10) - Math.round(a.score / 10),
  name: () => 0,
  calls: (a, b) => b.history.rates.done - a.history.rates.done,
  latency: (a, b) => (b.view.latency.p95Ms ?? -1) - (a.view.latency.p95Ms ?? -1),
};

export class PolicyList {
  /** All policies together. */
  readonly total = new History();
  readonly #rows = new Map<string, PolicyRow>();
  readonly #list = byId<HTMLOListElement>('policies');
  readonly #filter = byId<HTMLInputElement>('filter');
  readonly #order = byId<HTMLSelectElement>('order');

  constructor() {
    this.#filter.addEventListener('input', () => this.#arrange());
    this.#order.addEventListener('change', () => this.#arrange());
  }

  update(event: string, { policies, gone, runtime }: Told, second: number): void {
    const told = new Map(policies.map((view) => [view.name, view]));
    for (const [name, row] of this.#rows) {
      if (gone.includes(name) || (event === 'full' && !told.has(name))) {
        row.element.remove();
        this.#rows.delete(name);
      }
    }
    for (const view of policies)
      if (!this.#rows.has(view.name)) this.#rows.set(view.name, new PolicyRow(view));
    // A policy that was not told of has not changed: its second was a quiet one.
    for (const [name, row] of this.#rows) row.update(told.get(name) ?? row.view, second, runtime.atMs);
    this.total.set(second, this.#sum());
    this.#arrange();
  }

  restyle(): void {
    for (const row of this.#rows.values()) row.restyle();
  }

  #sum() {
    const sum = { done: 0, failed: 0, refused: 0, p95Ms: Number.NaN };
    for (const { history, view } of this.#rows.values()) {
      sum.done += history.rates.done;
      sum.failed += history.rates.failed;
      sum.refused += history.rates.refused;
      const p95Ms: PolicyView['latency']['p95Ms'] = view.latency.p95Ms;
      if (p95Ms !== null && !(p95Ms <= sum.p95Ms)) sum.p95Ms = p95Ms;
    }
    return sum;
  }

  #arrange(): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    const byName = [...this.#rows.values()].sort((a, b) => a.view.name.localeCompare(b.view.name));
    const rows = byName.sort(ORDERS[this.#order.value as Order]);
    let shown = 0;
    let place = this.#list.firstElementChild;
    for (const { element, view } of rows) {
      const fits = view.name.toLowerCase().includes(wanted);
      if (element.hidden === fits) element.hidden = !fits;
      if (fits) shown++;
      if (element === place) place = place.nextElementSibling;
      // A row in which somebody works stays where it is.
      else if (element.isConnected && element.contains(document.activeElement)) continue;
      else this.#list.insertBefore(element, place);
    }
    write(byId('shown'), `${shown} of ${rows.length}`);
  }
}
