// Everything that is not a policy: state, health, degradation, threads, experiments.

import { command } from './access.ts';
import { byId, el, mark, write } from './dom.ts';
import { duration } from './format.ts';
import { say } from './say.ts';
import type { Runtime } from './types.ts';

export function showRuntime(runtime: Runtime): void {
  write(byId('runtime'), runtime.name);
  if (document.title !== `${runtime.name} · Holdfast`) document.title = `${runtime.name} · Holdfast`;
  pill('state', runtime.state, runtime.state === 'running' ? 'well' : 'warn');
  pill('ready', runtime.ready ? 'ready' : 'not ready', runtime.ready ? 'well' : 'warn');
  pill('live', runtime.live ? 'alive' : 'not alive', runtime.live ? 'well' : 'bad');
  pill(
    'level',
    runtime.level,
    runtime.level === 'normal' ? 'well' : runtime.level === 'degraded' ? 'warn' : 'bad',
  );
  write(byId('engine'), runtime.engine);
  fill('checks', runtime.checks, (check) => {
    const tone = check.state === 'up' ? 'well' : check.state === 'down' ? 'bad' : 'warn';
    const role = [check.readiness && 'readiness', check.liveness && 'liveness'].filter(Boolean).join(', ');
    return [
      check.name,
      tone,
      [check.state, duration(check.durationMs), role, check.error].filter(Boolean).join(' · '),
    ];
  });
  fill('levels', Object.entries(runtime.levels), ([component, level]) => {
    return [component, level === 'normal' ? 'well' : level === 'degraded' ? 'warn' : 'bad', level];
  });
  fill('pool', poolLines(runtime), (line) => line);
  fill('experiments', runtime.experiments, ({ policy, kinds, remainingMs }) => {
    return [policy, 'warn', `${kinds.join(', ')}, ${duration(remainingMs)} left`];
  });
  byId('end-chaos').hidden = runtime.experiments.length === 0;
}

export function wireRuntime(): void {
  byId('end-chaos').addEventListener('click', async () => {
    const error = await command('POST', '/chaos', { off: true });
    say(error ?? 'all experiments have ended', error !== undefined);
  });
}

type Shown = readonly [name: string, tone: string, text: string];

function poolLines({ pool }: Runtime): Shown[] {
  if (pool === undefined) return [];
  const threads = Object.entries(pool.threads).map(([state, number]) => `${number} ${state}`);
  const lines: Shown[] = [['threads', pool.threads.unended > 0 ? 'bad' : 'well', threads.join(', ')]];
  for (const [name, waiting] of Object.entries(pool.waiting))
    lines.push([name || 'tasks', waiting > 0 ? 'warn' : 'well', `${waiting} waiting`]);
  if (pool.lost > 0) lines.push(['lost', 'bad', `${pool.lost} threads`]);
  for (const [task, { success, failure, aborted, lost }] of Object.entries(pool.tasks)) {
    lines.push([
      task,
      lost > 0 ? 'bad' : 'well',
      `${success} done, ${failure} failed, ${aborted} aborted, ${lost} lost`,
    ]);
  }
  return lines;
}

function pill(id: string, text: string, tone: string): void {
  const element = byId(id);
  write(element, text);
  mark(element, 'tone', tone);
}

/** Shows items as a list, making elements only when there are more or fewer. */
function fill<Item>(id: string, items: readonly Item[], shown: (item: Item) => Shown): void {
  const list = byId(id);
  const section = list.closest('section');
  if (section !== null) section.hidden = items.length === 0;
  while (list.children.length > items.length) list.lastElementChild?.remove();
  while (list.children.length < items.length) list.append(el('li', {}, el('b'), ' ', el('span')));
  for (const [index, item] of items.entries()) {
    const [name, tone, text] = shown(item);
    const line = list.children[index] as HTMLElement;
    mark(line, 'tone', tone);
    write(line.children[0], name);
    write(line.children[1], text);
  }
}
