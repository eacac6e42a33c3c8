// The table of what the benches are to show, beside what they showed.

import { TARGETS, UNIT } from './bench-targets.mjs';

/** The table for all runtimes there are results of, in Markdown. */
export function targetsOf(all) {
  const head = ['', 'to reach', ...all.map(({ name }) => name)];
  const lines = [`| ${head.join(' | ')} |`, `|---|---|${all.map(() => '---:|').join('')}`];
  const units = all.map(({ results }) => nanoseconds(UNIT(results)) ?? '–');
  lines.push(`| ${['a bare await, the unit of most of what follows', '', ...units].join(' | ')} |`);
  const bounds = [];
  for (const { work, aim, measured, holds, bound, time } of TARGETS) {
    const values = all.map(({ results }) => measured(results));
    const cells = values.map((value, index) => {
      if (value === undefined) return '–';
      const figure = [shown(value), nanoseconds(time?.(all[index].results))].filter(Boolean).join(', ');
      return `${figure} ${holds(value) ? '✓' : 'missed'}`;
    });
    lines.push(`| ${[work, aim, ...cells].join(' | ')} |`);
    const missed = values.some((value) => value !== undefined && !holds(value));
    if (missed && bound !== undefined) bounds.push(`- **${work}**: ${bound}.`);
  }
  return [
    ...lines,
    '',
    'What bounds those that are missed, by profile, and what would be tried next:',
    '',
    ...bounds,
  ];
}

function nanoseconds(value) {
  return value === undefined ? undefined : `${value.toFixed(0)} ns`;
}

function shown(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
