// A key that is brought while cells before its own come free: what it was given up with, and what it was missed for.

import assert from 'node:assert/strict';
import { SLOT_KEYS_COUNT } from '../../../assembly/layout.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import { given, k, NOW, row, slot } from '../world.ts';

const EXHAUSTED = -4;
/** When what was taken at NOW is there again: one permit, and no bucket holds more. */
const LATER = NOW + 1_000;
const ONE = { burstUnits: 1_000 };

/** A hash whose first probe is the cell `place`. */
const key = (place: number, tag: number, more = 0): bigint => BigInt(more * 2 ** 20 + place * 64 + tag);

/** Takes a permit of the key in that row. */
const take = (of: number, now = NOW) => k.keyedAcquire(slot, row(of), now, 1);

/** Takes a permit of a key that somebody has brought. */
const takesOnceBrought = (of: number): Program =>
  function* () {
    if ((yield k.keyedWait(slot, row(of), NOW, 1)) > 0) yield take(of);
  };

/**
 * The first cell is another key's, and free for the second thread only, whose time is later: it brings the key there,
 * and the first thread gives up the cell behind it.
 */
const givenUp = (name: string, mine: bigint): Scenario =>
  given(
    { hashes: { 0: mine, 1: key(0, 7) }, numbers: ONE, before: [take(1)] },
    {
      name,
      programs: [inTurn(take(0)), inTurn(take(0, LATER)), takesOnceBrought(0)],
      check: (vm) => {
        const [, answer] = vm.results(2);
        assert.notEqual(answer, 0, 'a permit of a cell that was given up');
      },
    },
  );

export const cells: Suite = {
  name: 'cells of keys',
  scenarios: [
    givenUp('nobody spends from a cell that was given up, if it was found before that', key(0, 33)),
    givenUp('nor when the tag of the key is 0, as that of a cell without a word', key(0, 0, 1)),
    given(
      {
        hashes: { 0: key(0, 1), 1: key(0, 2), 2: key(1, 3) },
        numbers: ONE,
        words: { [SLOT_KEYS_COUNT]: 2 },
        before: [take(1)],
      },
      {
        name: 'a key for which no cell is left finds the one that it was brought to meanwhile',
        programs: [inTurn(take(0)), inTurn(take(0, LATER), take(2, LATER))],
        check: (vm) => assert.notEqual(vm.results(0)[0], EXHAUSTED),
      },
    ),
  ],
};
