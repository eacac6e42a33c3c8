import assert from 'node:assert/strict';
import { F_SHARED_KEYS, KEY_WORD, SLOT_KEYS_COUNT, THREAD_HASH } from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { type Call, inTurn, type Program } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import { block, changes, format, k, keyCell, NOW, nameOf, owner, row, slot, type World } from '../world.ts';

/** A hash whose first probe is the cell `place`. Keys of one tag are those that cells in transit confuse. */
const key = (place: number, tag: number, more = 0): bigint => BigInt(more * 2 ** 20 + place * 64 + tag);

const A = key(0, 1);
const B = key(0, 2);
const C = key(0, 3);
const SAME_TAG = key(0, 1, 1);

const take = (thread: number, now = NOW) => k.keyedAcquire(slot, row(thread), now, 1);
const takes = (thread: number, count: number): Program => inTurn(...new Array(count).fill(take(thread)));
const giveBack = (thread: number) => k.keyedRefund(slot, row(thread), NOW, 1);
const passed = (vm: Machine, t: number) => vm.results(t).filter((result) => result === 0).length;

/** What a cell is short of a full bucket, in units. */
const owedBy = ({ memory }: Machine, cell: number) =>
  Math.max(0, Number(memory.i64[(keyCell(cell) + KEY_WORD) >> 3] >> 10n) - NOW);

const keyed = (
  hashes: readonly bigint[],
  scenario: Scenario,
  world: World = {},
  before: readonly Call[] = [],
): Scenario => ({
  nameOf,
  init: (vm) => {
    format(vm, { ...world, hashes: { ...hashes } });
    for (const call of before) vm.run(call);
  },
  ...scenario,
});

/** Blocks of options that differ in the size of a full bucket. */
const OTHER_BURSTS: World = { blocks: { 0: { burstUnits: 1_500 }, 1: {} } };

/** Two cells only, so that keys meet. */
const CROWDED = { words: { [SLOT_KEYS_COUNT]: 2 } };

export const keyedBuckets: Suite = {
  name: 'keyed buckets',
  scenarios: [
    keyed([A, A, A], {
      name: 'a new key brought by three threads has one bucket',
      programs: [takes(0, 1), takes(1, 1), takes(2, 1)],
      linearizable: true,
      check: (vm) => {
        assert.equal(passed(vm, 0) + passed(vm, 1) + passed(vm, 2), 2);
        assert.equal(vm.run(k.keyedLive(slot, NOW)), 1);
      },
    }),
    keyed([A, B], {
      name: 'two new keys that meet in one cell keep apart',
      programs: [takes(0, 3), takes(1, 3)],
      check: (vm) => assert.deepEqual([passed(vm, 0), passed(vm, 1)], [2, 2]),
    }),
    keyed([A, SAME_TAG], {
      name: 'two new keys of one tag keep apart, though a cell in transit may cost one the permit of the other',
      programs: [takes(0, 3), takes(1, 3)],
      check: (vm) => {
        const [first, second] = [passed(vm, 0), passed(vm, 1)];
        assert.ok(Math.max(first, second) === 2 && Math.min(first, second) >= 1, `${first} and ${second}`);
      },
    }),
    keyed(
      [A, B],
      {
        name: 'an idle cell is taken over while its owner spends, and no spent permit is forgotten',
        programs: [takes(0, 3), takes(1, 3)],
        check: (vm) => assert.deepEqual([passed(vm, 0), passed(vm, 1)], [2, 2]),
      },
      {},
      [take(0, NOW - 5_000)],
    ),
    keyed(
      [A, B, C],
      {
        name: 'two newcomers and the owner meet at an idle cell',
        programs: [takes(0, 1), takes(1, 1), takes(2, 1)],
        check: (vm) => assert.deepEqual([passed(vm, 0), passed(vm, 1), passed(vm, 2)], [1, 1, 1]),
      },
      {},
      [take(0, NOW - 5_000)],
    ),
    keyed(
      [A, B, C],
      {
        name: 'with two cells the third key is refused, or everybody is let in when a cell came free',
        programs: [takes(0, 1), takes(1, 1), takes(2, 1)],
        check: (vm) => assert.deepEqual([...vm.allResults].sort(), [-4, 0, 0]),
      },
      CROWDED,
    ),
    keyed(
      [A, B, C],
      {
        name: 'with two cells the third key shares the overflow bucket',
        programs: [takes(0, 1), takes(1, 1), takes(2, 2)],
        check: (vm) => assert.equal(passed(vm, 0) + passed(vm, 1) + passed(vm, 2), 4),
      },
      { ...CROWDED, features: F_SHARED_KEYS },
    ),
    keyed([A, A, B], {
      name: "a cell given back is the key's again",
      programs: [inTurn(take(0), giveBack(0)), inTurn(take(1), giveBack(1)), takes(2, 1)],
      check: (vm) => assert.equal(vm.run(k.keyedAvailable(slot, row(0), NOW)), 2),
    }),
    keyed([A, A], {
      name: 'readers see some state between the changes',
      programs: [
        inTurn(take(0), giveBack(0)),
        inTurn(
          k.keyedAvailable(slot, row(1), NOW),
          k.keyedWait(slot, row(1), NOW, 2),
          k.keyedLive(slot, NOW),
        ),
      ],
      check: (vm) => {
        const [available, wait, live] = vm.results(1);
        assert.ok([1, 2].includes(available) && [0, 1_000].includes(wait) && [0, 1].includes(live));
      },
    }),
    keyed(
      [A, A],
      {
        name: 'a change of rate keeps the tokens of a key',
        programs: [
          takes(0, 2),
          inTurn(k.publish(slot, block(2), 0, owner(1), NOW), k.keyedCarry(slot, NOW, 0, 4)),
        ],
        check: (vm) => {
          assert.equal(passed(vm, 0), 1);
          assert.equal(vm.run(k.keyedAvailable(slot, row(0), NOW)), 0);
        },
      },
      { blocks: { 2: { unitsPerMs: 5, units: 500, burstUnits: 1_000 } } },
      [take(0)],
    ),
    keyed(
      [A, A],
      {
        name: 'a new key that is brought while the rate changes has one bucket, of the old burst or the new one',
        programs: [takes(0, 1), takes(1, 1), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
        preemptions: 2,
        check: (vm) => {
          const granted = passed(vm, 0) + passed(vm, 1);
          assert.ok(granted === 1 || granted === 2, `${granted} were let in`);
          assert.equal(vm.run(k.keyedLive(slot, NOW)), 1);
          assert.ok(vm.run(k.keyedAvailable(slot, row(0), NOW)) === 0);
        },
      },
      { blocks: { 2: { burstUnits: 1_000 } } },
    ),
    keyed(
      [A],
      {
        name: 'a key that nobody asks for keeps its tokens through more changes of rate than are remembered',
        programs: [
          inTurn(
            ...changes(9).flatMap((change) => [change, k.keyedCarry(slot, NOW, 0, 4)]),
            k.keyedAvailable(slot, row(0), NOW),
          ),
        ],
        check: (vm) => assert.equal(vm.results(0).at(-1), 1),
      },
      OTHER_BURSTS,
      [take(0)],
    ),
    keyed([A, A], {
      name: 'a thread that dies while it brings a key costs that key its own permit at most',
      programs: [takes(0, 1), takes(1, 2)],
      death: { of: 0 },
      check: (vm) => {
        const [first, second] = [passed(vm, 0), passed(vm, 1)];
        assert.ok(second >= 1 && first + second <= 2, `${first} and ${second}`);
      },
    }),
    keyed([A, SAME_TAG], {
      name: 'a thread that dies while it brings a key leaves a cell that a key of the same tag can use',
      programs: [takes(0, 1), takes(1, 2)],
      death: { of: 0 },
      check: (vm) => {
        assert.ok(passed(vm, 1) >= 1, `${passed(vm, 1)} of the other key`);
        assert.ok(vm.run(k.keyedAvailable(slot, row(0), NOW)) >= 1 - passed(vm, 0));
      },
    }),
    keyed(
      [A, A, B],
      {
        name: 'a key for which a cell comes free in the very race is granted one burst more at most',
        programs: [takes(0, 3), takes(1, 3), inTurn(giveBack(2))],
        preemptions: 3,
        check: (vm) => {
          const granted = passed(vm, 0) + passed(vm, 1);
          assert.ok(granted >= 2 && granted <= 4, `${granted} were let in`);
          assert.ok(vm.run(k.keyedAvailable(slot, row(0), NOW)) >= 0);
        },
      },
      {},
      [take(2)],
    ),
    keyed(
      [A, A, B],
      {
        name: 'who gives a cell up has spent from the other, and only there',
        programs: [takes(0, 1), inTurn(giveBack(2), take(1))],
        check: (vm) => {
          const spent = [0, 1, 2, 3].reduce((sum, cell) => sum + owedBy(vm, cell), 0);
          assert.equal(spent, (passed(vm, 0) + Number(vm.results(1)[1] === 0)) * 1_000);
        },
      },
      {},
      [take(2)],
    ),
    keyed(
      [A, A, B, key(1, 3)],
      {
        name: 'who gives a cell up so late that it is another key, leaves what that one has spent',
        programs: [takes(0, 1), inTurn(giveBack(2), take(1), ...new Array(3).fill(take(3, NOW + 5_000)))],
        check: (vm) => {
          const [, , ...taken] = vm.results(1);
          assert.ok(taken.filter((result) => result === 0).length <= 2, `${taken}`);
        },
      },
      {},
      [take(2)],
    ),
    keyed([], {
      name: 'a key is hashed by its own thread',
      programs: [inTurn(k.keyHash(row(0), 9)), inTurn(k.keyHash(row(1), 9))],
      check: ({ memory }) => {
        const [first, second] = [0, 1].map((t) => memory.i64[(row(t) + THREAD_HASH) >> 3]);
        assert.ok(first === second && first !== 0n);
      },
    }),
  ],
};
