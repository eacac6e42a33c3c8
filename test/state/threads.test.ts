import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ADAPT_LOCK,
  BREAKER_CONTROL,
  BREAKER_LATE,
  E_CLOSED,
  F_BREAKER,
  F_BULKHEAD,
  LINE_COUNT,
  SLOT_LOCK,
  T_TRIAL,
  THREAD_BYTES,
  THREAD_GEN,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { type PlaneHandle, StatePlane } from '../../src/state/plane.ts';
import { Slot } from '../../src/state/slot.ts';
import { Threads } from '../../src/state/threads.ts';
import { ENGINES, givenPlane, givenPolicy, type TestedEngine } from './given.ts';

const REVOKED = -2147483648;

function given(engine: TestedEngine, threads = 4) {
  const plane = givenPlane({ threads }, engine);
  const policy = givenPolicy(
    {
      features: F_BULKHEAD | F_BREAKER,
      numbers: { maxConcurrent: 10, maxQueue: 10, consecutive: 1, openMs: 100, trials: 5 },
    },
    plane,
  );
  const word = (offset: number) => Atomics.load(plane.i32, (policy.slot.at + offset) >> 2);
  return { ...policy, threads: new Threads(plane), word };
}

/** A thread that is played by this one. */
function join(handle: PlaneHandle, index = 0) {
  const plane = StatePlane.attach(handle);
  const { at, cell } = new Slot(plane, index);
  const { kernels, fence, row, rowAt } = plane;
  return {
    row,
    cell,
    admit: (now: number) => kernels.admit(at, cell, rowAt, fence, now, 1, 0, 0),
    settle: (ticket: number, now: number) =>
      kernels.settle(at, cell, fence, ticket, now, now, V_SUCCESS, 3, -1),
    enter: () => kernels.bulkheadEnter(at, cell, fence),
    leave: () => kernels.bulkheadReturn(at, cell, fence),
    queue: () => kernels.lineJoin(at, cell, fence),
    isolate: () => kernels.breakerIsolate(at, cell, fence, 1),
  };
}

for (const engine of ENGINES) {
  describe(`threads of a memory (${engine})`, () => {
    it('have a row each, the first being the maker’s own', () => {
      const { threads } = given(engine);
      assert.deepEqual(
        [1, 2, 3].map(() => threads.reserveOnMain().row),
        [1, 2, 3],
      );
    });

    it('are refused when all rows are taken, with the number and the option that raises it', () => {
      const { threads } = given(engine, 2);
      threads.reserveOnMain();
      assert.throws(() => threads.reserveOnMain(), {
        name: 'OptionsError',
        path: 'memory.threads',
        message: /one of 2 thread rows .* memory\.threads raises/,
      });
    });

    it('have their row under a new fence when it was another’s before', () => {
      const { threads } = given(engine, 2);
      const first = threads.reserveOnMain();
      threads.reclaimOnMain(first);
      const second = threads.reserveOnMain();
      assert.equal(second.row, first.row);
      assert.notEqual(second.fence, first.fence);
      assert.deepEqual([threads.stands(first), threads.stands(second)], [false, true]);
    });

    it('give back slots, places in line and isolations when they have died', () => {
      const { threads, slot, word, kernels } = given(engine);
      const handle = threads.reserveOnMain();
      const dead = join(handle);
      for (let i = 0; i < 3; i++) assert.equal(dead.enter(), 1);
      assert.ok(dead.queue() > 0 && dead.queue() > 0);
      dead.isolate();
      assert.deepEqual(threads.reclaimOnMain(handle), { returned: 6, policies: [0] });
      assert.deepEqual([kernels.bulkheadActive(slot.at), word(LINE_COUNT), word(BREAKER_CONTROL)], [0, 0, 0]);
    });

    it('give back a trial, which another thread may have then', () => {
      const { threads, slot, kernels, plane } = given(engine);
      slot.publish(() => ({ trials: 1 }), 0);
      kernels.breakerForce(slot.at, 0, 50);
      const handle = threads.reserveOnMain();
      assert.ok(join(handle).admit(50) & T_TRIAL);
      const admit = () => kernels.admit(slot.at, slot.cell, plane.rowAt, -1, 50, 1, 0, 0);
      assert.equal(admit(), -1);
      assert.equal(threads.reclaimOnMain(handle).returned, 2);
      assert.ok(admit() & T_TRIAL);
    });

    it('decide no trial that was given back for them', () => {
      const { threads, slot, kernels, word } = given(engine);
      slot.publish(() => ({ trials: 1 }), 0);
      kernels.breakerForce(slot.at, 0, 50);
      const handle = threads.reserveOnMain();
      const dead = join(handle);
      const ticket = dead.admit(50);
      threads.reclaimOnMain(handle);
      const heir = join(threads.reserveOnMain());
      const trial = heir.admit(50);
      assert.ok(ticket & T_TRIAL && trial & T_TRIAL);
      assert.deepEqual([dead.settle(ticket, 50), dead.settle(ticket, 50)], [0, 0]);
      assert.deepEqual([kernels.breakerState(slot.at, 50), word(BREAKER_LATE)], [1, 0]);
      assert.equal(heir.settle(trial, 50) & E_CLOSED, E_CLOSED);
    });

    it('decide a trial once', () => {
      const { threads, slot, kernels } = given(engine);
      kernels.breakerForce(slot.at, 0, 50);
      const [one, two] = [join(threads.reserveOnMain()), join(threads.reserveOnMain())];
      const ticket = one.admit(50);
      two.admit(50);
      for (let again = 0; again < 10; again++) one.settle(ticket, 50);
      assert.deepEqual([kernels.breakerState(slot.at, 50), kernels.breakerCount(slot.at, 50, 0)], [1, 1]);
    });

    it('give back once, however often they are declared dead', () => {
      const { threads, slot, kernels } = given(engine);
      const handle = threads.reserveOnMain();
      const dead = join(handle);
      const living = join(threads.reserveOnMain());
      dead.enter();
      living.enter();
      assert.equal(threads.reclaimOnMain(handle).returned, 1);
      assert.deepEqual(threads.reclaimOnMain(handle), { returned: 0, policies: [] });
      assert.equal(kernels.bulkheadActive(slot.at), 1);
    });

    it('can neither take nor give back once they are declared dead, whoever has their row', () => {
      const { threads, slot, kernels } = given(engine);
      const handle = threads.reserveOnMain();
      const dead = join(handle);
      dead.enter();
      threads.reclaimOnMain(handle);
      const heir = join(threads.reserveOnMain());
      assert.equal(heir.row, handle.row);
      heir.enter();
      assert.deepEqual([dead.enter(), dead.leave(), dead.isolate()], [REVOKED, REVOKED, REVOKED]);
      assert.deepEqual([dead.queue(), dead.admit(0)], [-2, -9]);
      assert.equal(kernels.bulkheadActive(slot.at), 1);
      assert.equal(heir.leave(), 1);
      assert.equal(kernels.bulkheadActive(slot.at), 0);
    });

    it('leave no lock behind', () => {
      const { threads, plane, slot, word } = given(engine);
      const handle = threads.reserveOnMain();
      for (const lock of [SLOT_LOCK, ADAPT_LOCK])
        Atomics.store(plane.i32, (slot.at + lock) >> 2, handle.row + 1);
      threads.reclaimOnMain(handle);
      assert.deepEqual([word(SLOT_LOCK), word(ADAPT_LOCK)], [0, 0]);
    });

    it('do not lose the lock of another one', () => {
      const { threads, plane, slot, word } = given(engine);
      const handle = threads.reserveOnMain();
      Atomics.store(plane.i32, (slot.at + SLOT_LOCK) >> 2, handle.row + 2);
      threads.reclaimOnMain(handle);
      assert.equal(word(SLOT_LOCK), handle.row + 2);
    });

    it('can take something under every fence there is, and start over behind the last', () => {
      const { threads, plane } = given(engine, 2);
      const gen = (plane.geometry.threadsAt + THREAD_BYTES + THREAD_GEN) >> 2;
      for (const before of [0x7f_fffd, 0x7f_fffe, 0x7f_ffff]) {
        Atomics.store(plane.i32, gen, before);
        const handle = threads.reserveOnMain();
        const thread = join(handle);
        assert.deepEqual([thread.enter(), thread.leave()], [1, 1]);
        threads.reclaimOnMain(handle);
      }
    });
  });
}
