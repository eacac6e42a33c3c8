import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EQUIVALENTS } from './equivalents.ts';
import type { SearchOptions } from './harness/exploration.ts';
import { explore } from './harness/explore.ts';
import { Hunt, mutantsByName } from './harness/hunt.ts';
import { mutantsOf } from './harness/mutants.ts';
import { inTurn } from './harness/program.ts';
import type { Scenario } from './harness/scenario.ts';
import { KILLERS } from './killers.ts';
import { k, sample } from './sample.ts';
import { suites } from './scenarios/index.ts';
import { shipped } from './shipped.ts';

const A = 1024;
const counted = (kernel: 'add' | 'raise' | 'bump'): Scenario => ({
  name: kernel,
  programs: [inTurn(k[kernel](A)), inTurn(k[kernel](A))],
  check: (vm) => assert.ok(vm.memory.i32[A / 4] === 2, `counted ${vm.memory.i32[A / 4]}`),
});
const mutantsAt = (label: string) => mutantsOf(sample).filter((mutant) => mutant.label === label);
/** What each mutant of an access makes of the first scenario in which something is wrong. */
const judged = (label: string, ...scenarios: Scenario[]) =>
  mutantsAt(label).map((mutant) => {
    const flaws = scenarios.map((scenario) => explore(sample, scenario, { mutant }).failure?.why);
    return `${mutant.how}: ${flaws.find((why) => why !== undefined) ?? 'survived'}`;
  });

describe('mutants of an atomic access', () => {
  it('are none for loads and stores', () => {
    const labels = mutantsOf(sample).map(({ label }) => label);
    assert.ok(labels.includes('raise cmpxchg32 word'));
    assert.deepEqual(
      labels.filter((label) => /load|store/.test(label)),
      [],
    );
  });

  it('are found when a scenario counts', () => {
    assert.deepEqual(judged('raise cmpxchg32 word', counted('raise')), [
      'blind: counted 1',
      'torn: counted 1',
      'lost: counted 0',
    ]);
    assert.deepEqual(judged('add add32 word', counted('add')), ['torn: counted 1', 'lost: counted 0']);
    assert.deepEqual(judged('bump add32 word', counted('bump')), ['torn: counted 1', 'lost: counted 0']);
  });

  it('survive scenarios that look at nothing, or do not come there', () => {
    const careless = { ...counted('add'), check: undefined };
    const survived = ['torn: survived', 'lost: survived'];
    assert.deepEqual(judged('add add32 word', careless, counted('bump')), survived);
  });

  it('compute what the right access does as long as nobody comes between, but for those that lose it', () => {
    const alone: Scenario = { name: 'alone', programs: [inTurn(k.add(A), k.bump(A), k.raise(A), k.add(A))] };
    const whole: SearchOptions = { local: false };
    const right = explore(sample, alone, whole);
    for (const label of ['add add32 word', 'bump add32 word', 'raise cmpxchg32 word']) {
      for (const mutant of mutantsAt(label)) {
        const mutated = explore(sample, alone, { ...whole, mutant });
        if (mutant.how === 'lost') {
          assert.notDeepEqual(mutated.outcomes, right.outcomes);
          continue;
        }
        assert.deepEqual(mutated.outcomes, right.outcomes);
        assert.equal(mutated.steps > right.steps, mutant.how === 'torn', `${label} ${mutant.how}`);
      }
    }
  });
});

describe('a hunt', () => {
  const raisers = [counted('add'), { ...counted('raise'), check: undefined }, counted('raise')];
  const named = raisers.map((scenario, index) => ({ ...scenario, name: `scenario ${index}` }));
  const [mutant] = mutantsAt('raise cmpxchg32 word');

  it('finds a mutant without being told where', () => {
    assert.equal(new Hunt(sample, named, {}).killerOf(mutant), 'scenario 2');
  });

  it('finds it when what it was told is not so, or no longer there', () => {
    for (const wrong of ['scenario 0', 'scenario 1', 'scenario 9']) {
      assert.equal(
        new Hunt(sample, named, { 'raise cmpxchg32 word blind': wrong }).killerOf(mutant),
        'scenario 2',
      );
    }
  });

  it('tells a survivor', () => {
    assert.equal(new Hunt(sample, named.slice(0, 2), {}).killerOf(mutant), undefined);
  });
});

describe('mutants of the shipped kernels', () => {
  it('survive exactly where a reason says that nobody could tell', () => {
    const scenarios = suites.flatMap((suite) => suite.scenarios);
    const hunt = new Hunt(shipped, scenarios, KILLERS);
    const mutants = mutantsByName(shipped);
    const survivors = [...mutants].filter(([, mutant]) => hunt.killerOf(mutant) === undefined);
    console.log(`${mutants.size - survivors.length} of ${mutants.size} mutants found`);
    assert.deepEqual(survivors.map(([name]) => name).sort(), Object.keys(EQUIVALENTS).sort());
  });
});
