// Bugs that are planted in the shipped kernels, each of which some schedule must bring to light.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileKernels, type Plant } from './harness/compile.ts';
import { explore } from './harness/explore.ts';
import { kernelOf } from './harness/kernel.ts';
import { replay } from './harness/replay.ts';
import { print, replayText } from './harness/schedule.ts';
import { shrink } from './harness/shrink.ts';
import { suites } from './scenarios/index.ts';
import { shipped } from './shipped.ts';

interface Planted {
  readonly name: string;
  readonly plant: Plant;
  /** The scenario that finds it, and what it says then. */
  readonly scenario: string;
  readonly why: RegExp;
}

const BUGS: readonly Planted[] = [
  {
    name: 'a lost update: a token is taken by a plain store',
    plant: {
      file: 'assembly/rate.ts',
      find: 'if (atomic.cmpxchg<i64>(at, seen, (next << shift) | (word & low)) == seen) return 0;\n  }\n  return 1;',
      replace: 'atomic.store<i64>(at, (next << shift) | (word & low));\n    return 0;\n  }\n  return 1;',
    },
    scenario: 'three threads share two tokens',
    why: /no order of whole calls ends like this: \[\["0","0","0"\]/,
  },
  {
    name: 'a missed generation check: a late result decides a breaker that has moved on',
    plant: {
      file: 'assembly/breaker-trial.ts',
      find: `if (generationOf(word) != generation || stateOf(word) != HALF_OPEN || undecidedOf(word) == 0) {
      if (trialDrop`,
      replace: `if (stateOf(word) != HALF_OPEN || undecidedOf(word) == 0) {
      if (trialDrop`,
    },
    scenario: 'trials silent too long are void, and their late outcome too',
    why: /a failure decided a generation that was not its own|data race/,
  },
  {
    name: 'a counter changed before its ledger: a dead thread keeps its slot for ever',
    plant: {
      file: 'assembly/ledger.ts',
      find: 'if (atomic.cmpxchg<i64>(cell, word, word + by) == word) return atomic.add<i32>(shared, change);',
      replace: `const before = atomic.add<i32>(shared, change);
    if (atomic.cmpxchg<i64>(cell, word, word + by) == word) return before;
    atomic.sub<i32>(shared, change);`,
    },
    scenario: 'the slot of a thread that dies comes back once',
    why: /-1 are inside/,
  },
  {
    name: 'a lost wake-up: the event count moves on before the slot is free',
    plant: {
      file: 'assembly/settle.ts',
      find: `    else bulkheadReturn(slot, cell, fence);
    if (features & F_LINE && lineWake(slot)) events |= E_WAKE;`,
      replace: `    if (features & F_LINE && lineWake(slot)) events |= E_WAKE;
    if (fence >= 0) bulkheadReturn(slot, cell, fence);`,
    },
    scenario: 'a waiter is woken by the one who settles',
    why: /waits for ever/,
  },
  {
    name: 'a missed tag check: a key spends from a cell that was taken over',
    plant: { file: 'assembly/rate.ts', find: 'if ((seen & tags) != tag) return GONE;', replace: '' },
    scenario: 'an idle cell is taken over while its owner spends, and no spent permit is forgotten',
    why: /deep-equal/,
  },
  {
    name: 'a missed version check: a taker mixes the word of one version with the rate of another',
    plant: {
      file: 'assembly/rate.ts',
      find: 'if (atomic.load<i32>(slot, SLOT_VERSION) != version) return MOVED;',
      replace: '',
    },
    scenario: 'a change of rate keeps the tokens, and each taker sees one version whole',
    why: /strictly equal/,
  },
  {
    name: 'a missed generation check: the trial of a dead thread is taken from another',
    plant: {
      file: 'assembly/control.ts',
      find: 'const same = generationOf(word) == (i32(held >> 12) & 0xfffffff) && stateOf(word) == HALF_OPEN;',
      replace: 'const same = stateOf(word) == HALF_OPEN;',
    },
    scenario: 'the trial of a dead thread is not taken from who was let through after it was void',
    why: /deep-equal/,
  },
];

const scenarios = suites.flatMap((suite) => suite.scenarios);

describe('a planted bug', () => {
  for (const { name, plant, scenario: wanted, why } of BUGS) {
    it(`is found: ${name}`, async () => {
      const scenario = scenarios.find((each) => each.name === wanted);
      assert.ok(scenario, wanted);
      assert.equal(explore(shipped, scenario).failure, undefined, 'without it nothing is wrong');
      const bugged = await kernelOf(await compileKernels(plant));
      const { failure, schedules } = explore(bugged, scenario);
      assert.match(failure?.why ?? 'nothing was found', why);
      const shortest = shrink(bugged, scenario, failure?.schedule ?? []);
      const told = print(shortest, scenario);
      assert.equal(replayText(bugged, scenario, told).why, shortest.why);
      assert.equal(
        replay(shipped, scenario, shortest.schedule).why,
        undefined,
        'the shipped kernels stand this order',
      );
      console.log(`found after ${schedules} schedules: ${name}\n${told}`);
    });
  }
});
