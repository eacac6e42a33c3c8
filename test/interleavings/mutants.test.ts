import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SearchOptions } from './harness/exploration.ts';
import { explore } from './harness/explore.ts';
import { judge, mutantsOf } from './harness/mutants.ts';
import { inTurn } from './harness/program.ts';
import type { Scenario } from './harness/scenario.ts';
import { k, sample } from './sample.ts';

const A = 1024;
const siteOf = (label: string) => {
  const found = sample.sites.find((site) => site.label === label);
  assert.ok(found, label);
  return found;
};
const twice = (name: string, scenario: Omit<Scenario, 'name'>) => ({ name, ...scenario });
const counted = (kernel: 'add' | 'raise' | 'bump'): Scenario =>
  twice(kernel, {
    programs: [inTurn(k[kernel](A)), inTurn(k[kernel](A))],
    check: (vm) => assert.ok(vm.memory.i32[A / 4] === 2, `counted ${vm.memory.i32[A / 4]}`),
  });
const judged = (label: string, ...scenarios: Scenario[]) =>
  mutantsOf(siteOf(label)).map((mutant) => {
    const verdict = judge(
      sample,
      mutant,
      scenarios.map((scenario) => ({ scenario, exploration: explore(sample, scenario) })),
    );
    return `${mutant.how}: ${verdict.killedBy?.why ?? 'survived'}`;
  });

describe('mutants of an atomic site', () => {
  it('are none for loads and stores', () => {
    assert.deepEqual(mutantsOf(siteOf('read load32+0')), []);
    assert.deepEqual(mutantsOf(siteOf('lose store32+0')), []);
  });

  it('are found when a scenario counts', () => {
    assert.deepEqual(judged('raise cmpxchg32+0', counted('raise')), ['blind: counted 1', 'torn: counted 1']);
    assert.deepEqual(judged('add add32+0', counted('add')), ['torn: counted 1']);
    assert.deepEqual(judged('bump add32+0', counted('bump')), ['torn: counted 1']);
  });

  it('survive scenarios that look at nothing, or do not come there', () => {
    const careless = { ...counted('add'), check: undefined };
    assert.deepEqual(judged('add add32+0', careless, counted('bump')), ['torn: survived']);
  });

  it('compute what the right access does as long as nobody comes between', () => {
    const alone: Scenario = { name: 'alone', programs: [inTurn(k.add(A), k.bump(A), k.raise(A), k.add(A))] };
    const whole: SearchOptions = { local: false };
    const right = explore(sample, alone, whole);
    for (const label of ['add add32+0', 'bump add32+0', 'raise cmpxchg32+0']) {
      for (const mutant of mutantsOf(siteOf(label))) {
        const mutated = explore(sample, alone, { ...whole, mutant });
        assert.deepEqual(mutated.outcomes, right.outcomes);
        assert.equal(mutated.steps > right.steps, mutant.how === 'torn', `${label} ${mutant.how}`);
      }
    }
  });
});
