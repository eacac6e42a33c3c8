// The dashboard: what a runtime tells, once a second.

import { keepToken, token } from './access.ts';
import { Chart } from './chart.ts';
import { byId, mark, write } from './dom.ts';
import { PolicyList } from './policy-list.ts';
import { showRuntime, wireRuntime } from './runtime-panel.ts';
import { say } from './say.ts';
import { type Connection, listen } from './stream.ts';

const SAID: Record<Connection, string> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost',
  locked: 'enter the token',
};

const list = new PolicyList();
const calls = new Chart('all calls, failures and refusals a second over the last five minutes', [
  { line: 'done', label: 'calls/s', colour: '--calls', fill: true },
  { line: 'failed', label: 'failed/s', colour: '--bad' },
  { line: 'refused', label: 'refused/s', colour: '--warn' },
]);
const latency = new Chart('highest 95th percentile of latency over the last five minutes, in ms', [
  { line: 'p95Ms', label: 'worst p95 in ms', colour: '--calls' },
]);
byId('overview').append(calls.element, latency.element);
wireRuntime();

let second = 0;
const again = listen({
  connection(state) {
    write(byId('connection'), SAID[state]);
    mark(byId('connection'), 'tone', state === 'live' ? 'well' : state === 'connecting' ? 'warn' : 'bad');
  },
  told(event, told) {
    second++;
    showRuntime(told.runtime);
    list.update(event, told, second);
    calls.draw(list.total, second, told.runtime.atMs);
    latency.draw(list.total, second, told.runtime.atMs);
  },
});

const field = byId<HTMLInputElement>('token');
field.value = token();
byId<HTMLFormElement>('access').addEventListener('submit', (event) => {
  event.preventDefault();
  keepToken(field.value.trim());
  say(field.value === '' ? 'the token is forgotten' : 'the token is used in this tab');
  again();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  byId('filter').focus();
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const chart of [calls, latency]) chart.restyle();
  list.restyle();
});
