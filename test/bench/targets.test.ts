import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const { TARGETS } = await import(new URL('../../scripts/bench-targets.mjs', import.meta.url).href);
const { targetsOf } = await import(new URL('../../scripts/bench-targets-table.mjs', import.meta.url).href);

interface Target {
  work: string;
  bound?: string;
  measured(results: object): number | undefined;
  holds(value: number): boolean;
}

const all = ['bun-1', 'deno-2', 'node-20'].map((name) => {
  const file = new URL(`../../bench/results/${name}.json`, import.meta.url);
  return { name, results: JSON.parse(readFileSync(file, 'utf8')) as object };
});

describe('what the benches are to show', () => {
  for (const { work, bound, measured, holds } of TARGETS as Target[]) {
    it(`is measured on every runtime, and explained where it is missed: ${work}`, () => {
      for (const { name, results } of all) {
        const value = measured(results);
        assert.equal(typeof value, 'number', `${name} has no such figure`);
        assert.ok(
          holds(value as number) || bound !== undefined,
          `${name}: ${value} is missed, and nothing says why`,
        );
      }
    });
  }

  it('stands in the table of the results as it was measured', () => {
    const page = readFileSync(new URL('../../bench/results/README.md', import.meta.url), 'utf8');
    for (const line of targetsOf(all) as string[]) assert.ok(page.includes(line), `out of date: ${line}`);
  });
});
