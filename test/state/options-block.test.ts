import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPTIONS_AT, OPTIONS_BYTES, SLOT_LOCK, SLOT_VERSION } from '../../assembly/layout.ts';
import { type PolicyNumbers, readBlock, writeBlock } from '../../src/state/options-block.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Slot } from '../../src/state/slot.ts';
import { Threads } from '../../src/state/threads.ts';
import { ENGINES, givenPlane, givenPolicy, givenPolicyOn } from './given.ts';

/** Every number there is, no two alike. */
function distinct(from: number): PolicyNumbers {
  const { slot } = givenPolicyOn('wasm', {});
  const names = Object.keys(slot.numbers) as (keyof PolicyNumbers)[];
  return Object.fromEntries(names.map((name, index) => [name, from + index])) as PolicyNumbers;
}

describe('a block of options', () => {
  it('gives every number back as it was written', () => {
    const { plane, slot } = givenPolicyOn('wasm', {});
    const numbers = distinct(1_000);
    writeBlock(plane, slot.at + OPTIONS_AT, numbers);
    assert.deepEqual(readBlock(plane, slot.at + OPTIONS_AT), numbers);
  });

  it('keeps fractions and infinities, and whole numbers beyond 32 bits where they are units', () => {
    const { plane, slot } = givenPolicyOn('wasm', {});
    const special = {
      slowMs: Number.POSITIVE_INFINITY,
      failureRate: 0.1,
      trialWaitMs: -1,
      burstUnits: 2 ** 53,
      units: 1e9,
      unitsPerMs: 1e-7,
      maxQueue: Number.POSITIVE_INFINITY,
    };
    writeBlock(plane, slot.at + OPTIONS_AT, special);
    const read = readBlock(plane, slot.at + OPTIONS_AT);
    for (const [name, value] of Object.entries(special))
      assert.equal(read[name as keyof PolicyNumbers], value);
  });

  it('keeps a whole number of 32 bits at the highest there is', () => {
    const { plane, slot } = givenPolicyOn('wasm', {});
    writeBlock(plane, slot.at + OPTIONS_AT, { maxConcurrent: Number.POSITIVE_INFINITY });
    assert.equal(readBlock(plane, slot.at + OPTIONS_AT).maxConcurrent, 2 ** 31 - 1);
  });

  it('leaves alone what it is not given, and everything beside it', () => {
    const { plane, slot } = givenPolicyOn('wasm', {});
    const numbers = distinct(1);
    writeBlock(plane, slot.at + OPTIONS_AT, numbers);
    const next = plane.bytes.slice(
      slot.at + OPTIONS_AT + OPTIONS_BYTES,
      slot.at + OPTIONS_AT + 2 * OPTIONS_BYTES,
    );
    writeBlock(plane, slot.at + OPTIONS_AT, { trials: 77 });
    assert.deepEqual(readBlock(plane, slot.at + OPTIONS_AT), { ...numbers, trials: 77 });
    assert.ok(next.every((byte) => byte === 0));
  });
});

for (const engine of ENGINES) {
  describe(`publishing options (${engine})`, () => {
    it('puts a change in force on top of what is', () => {
      const { slot } = givenPolicyOn(engine, { numbers: { consecutive: 5, trials: 3 } });
      assert.equal(
        slot.publish(() => ({ consecutive: 7 }), 0),
        true,
      );
      assert.deepEqual([slot.numbers.consecutive, slot.numbers.trials, slot.version], [7, 3, 1]);
    });

    it('goes round the ring without end', () => {
      const { slot } = givenPolicyOn(engine, {});
      for (let value = 1; value <= 40; value++) {
        slot.publish(({ trials }) => ({ trials: trials + 1, minCalls: value }), 0);
        assert.deepEqual(
          [slot.version, slot.numbers.trials, slot.numbers.minCalls],
          [value, 3 + value, value],
        );
      }
    });

    it('is seen by other views at once, and theirs by it', () => {
      const plane = givenPlane({}, engine);
      const { slot } = givenPolicy({ numbers: { trials: 0, minCalls: 0 } }, plane);
      const view = StatePlane.attach(new Threads(plane).reserveOnMain());
      const other = new Slot(view, slot.index);
      for (let round = 1; round <= 10; round++) {
        assert.ok(slot.publish(({ trials }) => ({ trials: trials + 1 }), 0));
        assert.ok(other.publish(({ minCalls }) => ({ minCalls: minCalls + 1 }), 0));
        for (const { numbers } of [slot, other])
          assert.deepEqual([numbers.trials, numbers.minCalls], [round, round]);
      }
    });

    it('loses no change when another one came between reading and publishing', () => {
      const plane = givenPlane({}, engine);
      const { slot } = givenPolicy({ numbers: { trials: 1, minCalls: 1 } }, plane);
      const other = new Slot(StatePlane.attach(new Threads(plane).reserveOnMain()), slot.index);
      let reads = 0;
      slot.publish(({ trials }) => {
        if (reads++ === 0) other.publish(({ minCalls }) => ({ minCalls: minCalls + 1 }), 0);
        return { trials: trials + 1 };
      }, 0);
      assert.equal(reads, 2);
      assert.deepEqual([slot.numbers.trials, slot.numbers.minCalls], [2, 2]);
    });

    it('gives up after so many tries while another thread publishes, having changed nothing', () => {
      const { plane, slot } = givenPolicyOn(engine, {});
      Atomics.store(plane.i32, (slot.at + SLOT_LOCK) >> 2, 4);
      let tries = 0;
      const published = slot.publish(() => ({ trials: ++tries }), 0, 3);
      assert.deepEqual([published, tries, slot.version, slot.numbers.trials], [false, 3, 0, 3]);
      Atomics.store(plane.i32, (slot.at + SLOT_LOCK) >> 2, 0);
      assert.equal(
        slot.publish(() => ({ trials: 4 }), 0),
        true,
      );
    });

    it('does not hand one slot the options of another', () => {
      const [one, two] = [givenPolicyOn(engine, {}), givenPolicyOn(engine, {})];
      one.slot.publish(() => ({ trials: 9 }), 0);
      assert.equal(two.slot.numbers.trials, 3);
      assert.equal(Atomics.load(two.plane.i32, (two.slot.at + SLOT_VERSION) >> 2), 0);
    });
  });
}
