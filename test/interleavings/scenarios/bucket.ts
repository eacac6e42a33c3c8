import assert from 'node:assert/strict';
import { RATE_TAT, SLOT_VERSION } from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import { block, changes, format, i32At, i64At, k, NOW, nameOf, owner, slot, type World } from '../world.ts';

const take = k.rateAcquire(slot, NOW, 1);
const giveBack = k.rateRefund(slot, NOW, 1);
const word = (vm: Machine) => `${i64At(vm, RATE_TAT)}`;
const taken = (vm: Machine) => vm.allResults.filter((result) => result === 0).length;

/** A bucket that holds so many of its two tokens. */
const holding = (tokens: number, world?: World) => (vm: Machine) => {
  format(vm, world);
  vm.run(k.rateSet(slot, NOW, tokens));
};

const bucket = (scenario: Scenario): Scenario => ({ nameOf, init: holding(2), ...scenario });

export const tokenBucket: Suite = {
  name: 'token bucket',
  scenarios: [
    bucket({
      name: 'three threads share two tokens',
      programs: [inTurn(take), inTurn(take), inTurn(take)],
      linearizable: true,
      observe: word,
      check: (vm) => assert.equal(taken(vm), 2),
    }),
    bucket({
      name: 'refunds let exactly as many more in',
      init: holding(0),
      programs: [inTurn(take, take), inTurn(giveBack), inTurn(giveBack, take)],
      linearizable: true,
      observe: word,
    }),
    bucket({
      name: 'a refund of a full bucket is nothing',
      programs: [inTurn(giveBack, take), inTurn(take)],
      linearizable: true,
      observe: word,
    }),
    bucket({
      name: 'reservations line up behind each other, and a refund moves them up',
      programs: [
        inTurn(k.rateReserve(slot, NOW, 2)),
        inTurn(k.rateReserve(slot, NOW, 1), giveBack),
        inTurn(k.rateReserve(slot, NOW, 1)),
      ],
      linearizable: true,
      observe: word,
    }),
    bucket({
      name: 'no reservation goes beyond the longest wait',
      init: holding(0, { numbers: { maxDebtMs: 1_000 } }),
      programs: [inTurn(k.rateReserve(slot, NOW, 1)), inTurn(k.rateReserve(slot, NOW, 1))],
      linearizable: true,
      observe: word,
      check: (vm) => assert.deepEqual([...vm.allResults].sort(), [-1, 1_000]),
    }),
    bucket({
      name: 'readers see some state between the changes',
      programs: [
        inTurn(take, giveBack),
        inTurn(k.rateAvailable(slot, NOW), k.rateWait(slot, NOW, 2)),
        inTurn(k.rateSet(slot, NOW, 1)),
      ],
      linearizable: true,
    }),
    bucket({
      name: 'a change of rate keeps the tokens, and each taker sees one version whole',
      init: holding(2, {
        blocks: { 2: { unitsPerMs: 5, units: 500, burstUnits: 1_000, ratePerSecond: 10 } },
      }),
      programs: [inTurn(take), inTurn(take), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
      observe: word,
      check: (vm) => {
        assert.equal(taken(vm), 2);
        assert.equal(vm.run(k.rateAvailable(slot, NOW)), 0);
        assert.equal(vm.run(k.rateWait(slot, NOW, 1)), 100);
      },
    }),
    bucket({
      name: 'a smaller burst forgives debt and never lets more in than the larger one',
      init: holding(1, { blocks: { 2: { burstUnits: 1_000 } } }),
      programs: [inTurn(take), inTurn(take), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
      linearizable: true,
      observe: word,
      check: (vm) => assert.equal(taken(vm), 1),
    }),
    bucket({
      name: 'of two publishers one wins, and the other is told',
      init: holding(2, { blocks: { 0: { burstUnits: 3_000 }, 1: { burstUnits: 4_000 } } }),
      programs: [
        inTurn(k.publish(slot, block(0), 0, owner(0), NOW)),
        inTurn(k.publish(slot, block(1), 0, owner(1), NOW)),
        inTurn(take),
      ],
      check: (vm) => {
        const [first, second] = [vm.results(0)[0], vm.results(1)[0]];
        assert.ok(Math.max(first, second) === 1 && Math.min(first, second) < 0, `${first} and ${second}`);
        assert.equal(i32At(vm, SLOT_VERSION), 1);
        assert.equal(vm.run(k.rateAvailable(slot, NOW)), 1 + 0);
      },
    }),
    bucket({
      name: 'a bucket that nobody asks keeps its tokens through more changes than are remembered',
      init: holding(1, { blocks: { 0: { burstUnits: 1_500 }, 1: {} } }),
      programs: [inTurn(...changes(9), k.rateAvailable(slot, NOW))],
      check: (vm) => assert.equal(vm.results(0).at(-1), 1),
    }),
    bucket({
      name: 'a taker or a refund that sleeps through two changes still counts once',
      init: holding(1, { blocks: { 1: { units: 500, unitsPerMs: 0.5, burstUnits: 1_000 }, 2: {} } }),
      programs: [
        inTurn(take, giveBack),
        inTurn(k.publish(slot, block(1), 0, owner(1), NOW), k.publish(slot, block(2), 1, owner(1), NOW)),
      ],
      check: (vm) => assert.equal(vm.run(k.rateAvailable(slot, NOW)), 1),
    }),
  ],
};
