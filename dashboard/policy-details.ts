// What unfolds under a policy: a chart, what it was told, and its switches.

import { command } from './access.ts';
import { Chart } from './chart.ts';
import { el, write } from './dom.ts';
import { count, duration } from './format.ts';
import type { History } from './history.ts';
import { say } from './say.ts';
import type { PolicyView } from './types.ts';

const ACTIONS = [
  ['open', 'Open'],
  ['close', 'Close'],
  ['isolate', 'Isolate'],
  ['release', 'Release'],
  ['disable', 'Disable'],
  ['metricsOnly', 'Metrics only'],
] as const;
const CHAOS_MS = 60_000;

export class PolicyDetails {
  readonly element: HTMLElement;
  readonly #calls = new Chart('calls, failures and refusals a second over the last five minutes', [
    { line: 'done', label: 'calls/s', colour: '--calls', fill: true },
    { line: 'failed', label: 'failed/s', colour: '--bad' },
    { line: 'refused', label: 'refused/s', colour: '--warn' },
  ]);
  readonly #latency = new Chart('95th percentile of latency over the last five minutes, in ms', [
    { line: 'p95Ms', label: 'p95 in ms', colour: '--calls' },
  ]);
  readonly #facts = el('dl', { class: 'facts' });

  constructor(view: PolicyView) {
    const charts = el('div', { class: 'charts' }, this.#calls.element, this.#latency.element);
    this.element = el('div', { class: 'details' }, charts, this.#facts);
    if (view.circuitBreaker !== undefined) this.element.append(this.#breaker(view.name));
    if (view.chaos !== undefined) this.element.append(this.#chaos(view));
  }

  update(view: PolicyView, history: History, second: number, atMs: number): void {
    this.#calls.draw(history, second, atMs);
    this.#latency.draw(history, second, atMs);
    const facts = factsOf(view);
    if (this.#facts.children.length !== facts.length) {
      this.#facts.replaceChildren(...facts.map(() => el('div', {}, el('dt'), el('dd'))));
    }
    for (const [index, [term, text]] of facts.entries()) {
      const [dt, dd] = this.#facts.children[index].children;
      write(dt, term);
      write(dd, text);
    }
  }

  restyle(): void {
    this.#calls.restyle();
    this.#latency.restyle();
  }

  #breaker(name: string): HTMLElement {
    const act = async (action: string) => {
      const error = await command('POST', `/policies/${encodeURIComponent(name)}/circuit-breaker`, {
        action,
      });
      say(error ?? `${name}: ${action}`, error !== undefined);
    };
    const buttons = ACTIONS.map(([action, label]) =>
      el('button', { onclick: () => void act(action) }, label),
    );
    return el('fieldset', {}, el('legend', {}, 'Circuit breaker'), ...buttons);
  }

  #chaos({ name, chaos }: PolicyView): HTMLElement {
    const act = async (kind: string) => {
      const body = { policies: [name], kinds: [kind], forMs: CHAOS_MS };
      const error = await command('POST', '/chaos', body);
      say(error ?? `${name}: ${kind} for a minute`, error !== undefined);
    };
    const buttons = (chaos?.allows ?? []).map((kind) =>
      el('button', { onclick: () => void act(kind) }, kind),
    );
    return el('fieldset', {}, el('legend', {}, 'Chaos, for a minute'), ...buttons);
  }
}

function factsOf(view: PolicyView): [string, string][] {
  const { calls, refused, circuitBreaker, errorBudget, latencyBudget, chaos } = view;
  const facts: [string, string][] = [
    ['succeeded', count(calls.success)],
    ['failed', count(calls.failure)],
    ['ignored', count(calls.ignored)],
    ['never ran', count(calls.rejected)],
  ];
  for (const [by, value] of Object.entries(refused))
    if (value > 0) facts.push([`refused by ${by}`, count(value)]);
  if (circuitBreaker !== undefined && circuitBreaker.state === 'open') {
    facts.push(['a trial in', duration(circuitBreaker.retryAfterMs)]);
  }
  if (errorBudget !== undefined) facts.push(['objective', `${errorBudget.objective * 100} %`]);
  if (latencyBudget !== undefined) {
    facts.push([`p${latencyBudget.percentile * 100} at most`, duration(latencyBudget.targetMs)]);
  }
  if (chaos?.on.length) facts.push(['chaos', chaos.on.join(', ')]);
  return facts;
}
