// Every schedule of every scenario, on the kernels that ship.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Explored } from './harness/mutants.ts';
import { figures, tryOut } from './harness/suite.ts';
import { suites } from './scenarios/index.ts';
import { shipped } from './shipped.ts';

const explored: Explored[] = [];

for (const { name, scenarios } of suites) {
  describe(`every schedule: ${name}`, () => {
    for (const scenario of scenarios) {
      it(scenario.name, () => {
        const tried = tryOut(shipped, scenario);
        console.log(`${name}: ${scenario.name}\n  ${figures(tried)}`);
        explored.push(tried);
        if (tried.told !== undefined) assert.fail(tried.told);
      });
    }
  });
}

describe('all scenarios together', () => {
  it('reach every access to memory in the kernels', () => {
    const reached = new Set(explored.flatMap(({ exploration }) => [...exploration.reached]));
    const missed = shipped.sites.filter(({ id }) => !reached.has(id)).map(({ label }) => label);
    assert.deepEqual(missed, []);
  });
});
