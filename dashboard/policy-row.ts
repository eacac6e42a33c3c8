// One policy in the list.

import { el, mark, write } from './dom.ts';
import { count, durations, percent } from './format.ts';
import { History } from './history.ts';
import { PolicyDetails } from './policy-details.ts';
import { tone, trouble } from './trouble.ts';
import type { PolicyView } from './types.ts';

/** A cell with what it is called, which phones show and wide screens have in the head of the list. */
function cell(name: string, label: string): HTMLElement {
  return el('span', { class: `cell ${name}`, 'data-label': label });
}

export class PolicyRow {
  readonly element: HTMLLIElement;
  readonly history = new History();
  score = 0;
  view: PolicyView;
  readonly #name: HTMLElement;
  readonly #cells = {
    breaker: cell('breaker', 'breaker'),
    calls: cell('calls', 'calls'),
    latency: cell('latency', 'p50 / p95 / p99'),
    rate: cell('rate', 'rate'),
    bulkhead: cell('bulkhead', 'bulkhead'),
    budget: cell('budget', 'budget'),
    refused: cell('refused', 'refused'),
  };
  readonly #toggle: HTMLButtonElement;
  #details: PolicyDetails | undefined;

  constructor(view: PolicyView) {
    this.view = view;
    this.#name = el('span', { class: 'name' }, view.name);
    this.#toggle = el('button', { class: 'summary', 'aria-expanded': 'false', onclick: () => this.#open() });
    this.#toggle.append(this.#name, ...Object.values(this.#cells));
    this.element = el('li', { class: 'policy' }, this.#toggle);
  }

  /** Shows what the policy says now. `second`: the seconds counted by the page. */
  update(view: PolicyView, second: number, atMs: number): void {
    this.view = view;
    this.history.add(view, second);
    const { rates } = this.history;
    this.score = trouble(view, rates);
    mark(this.element, 'tone', tone(this.score));
    const { breaker, calls, latency, rate, bulkhead, budget, refused } = this.#cells;
    write(breaker, view.circuitBreaker?.state ?? '–');
    mark(breaker, 'state', view.circuitBreaker?.state ?? 'none');
    write(calls, `${count(rates.done)}/s${rates.failed > 0 ? `, ${count(rates.failed)} failed` : ''}`);
    const { p50Ms, p95Ms, p99Ms } = view.latency;
    write(latency, durations([p50Ms, p95Ms, p99Ms]));
    mark(latency, 'over', String(view.latencyBudget?.exhausted === true));
    write(rate, rateOf(view));
    write(bulkhead, bulkheadOf(view));
    bar(bulkhead, view.bulkhead && view.bulkhead.active / Math.max(view.bulkhead.limit, 1));
    write(budget, budgetOf(view));
    bar(budget, view.errorBudget?.remaining);
    write(refused, refusedOf(view));
    this.#details?.update(view, this.history, second, atMs);
  }

  restyle(): void {
    this.#details?.restyle();
  }

  #open(): void {
    const open = this.#details === undefined;
    this.#toggle.setAttribute('aria-expanded', String(open));
    if (this.#details !== undefined) this.#details.element.remove();
    this.#details = open ? new PolicyDetails(this.view) : undefined;
    if (this.#details !== undefined) this.element.append(this.#details.element);
  }
}

function bar(element: HTMLElement, share: number | undefined): void {
  const width = share === undefined ? '' : `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%`;
  if (element.style.getPropertyValue('--share') !== width) element.style.setProperty('--share', width);
}

function rateOf({ rateLimiter }: PolicyView): string {
  if (rateLimiter === undefined) return '–';
  const tokens = rateLimiter.available === null ? '' : `, ${count(rateLimiter.available)} left`;
  return `${count(rateLimiter.ratePerSecond)}/s${tokens}`;
}

function bulkheadOf({ bulkhead }: PolicyView): string {
  if (bulkhead === undefined) return '–';
  const queued = bulkhead.queued > 0 ? ` +${count(bulkhead.queued)}` : '';
  return `${bulkhead.active} of ${count(bulkhead.limit)}${queued}`;
}

function budgetOf({ errorBudget }: PolicyView): string {
  if (errorBudget === undefined) return '–';
  const burn = errorBudget.burnRate1h === null ? '∞' : errorBudget.burnRate1h;
  return `${percent(errorBudget.remaining)}, burns ${burn}×${errorBudget.alert === '' ? '' : ` (${errorBudget.alert})`}`;
}

const SHORT: Record<string, string> = { circuitBreaker: 'breaker', rateLimiter: 'rate' };

function refusedOf({ refused }: PolicyView): string {
  const some = Object.entries(refused).filter(([, value]) => value > 0);
  return some.length === 0 ? '–' : some.map(([by, value]) => `${SHORT[by] ?? by} ${count(value)}`).join(', ');
}
