import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_THROTTLE, S_VERDICT, V_FAILURE, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { seededRandom } from '../../src/base/random.ts';
import { ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const THROTTLED = -4;

function given(engine: TestedEngine, numbers: { throttleK?: number; throttleMax?: number } = {}) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: F_THROTTLE,
    throttleBucketMs: 5_000,
    numbers,
  });
  let now = 1_000_000;
  const tries = (draw: number) =>
    kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, now, 1, draw, 0);
  /** A call that is let through whatever the throttle thinks, and ends so. */
  function calls(count: number, verdict: number) {
    for (let i = 0; i < count; i++) {
      const ticket = tries(0.9999);
      assert.ok(ticket >= 0);
      kernels.settle(slot.at, slot.cell, plane.fence, ticket, now, now, verdict, S_VERDICT, -1);
    }
  }
  return {
    tries,
    calls,
    pass: (ms: number) => {
      now += ms;
    },
    requests: () => kernels.throttleCount(slot.at, now, 0),
    accepts: () => kernels.throttleCount(slot.at, now, 1),
  };
}

for (const engine of ENGINES) {
  describe(`a throttle (${engine})`, () => {
    it('lets everything through while the upstream accepts', () => {
      const { calls, tries } = given(engine);
      calls(100, V_SUCCESS);
      assert.ok(tries(0) >= 0);
    });

    it('counts ignored outcomes as accepted', () => {
      const { calls, accepts, requests } = given(engine);
      calls(3, V_SUCCESS);
      calls(2, V_IGNORED);
      calls(4, V_FAILURE);
      assert.deepEqual([requests(), accepts()], [9, 5]);
    });

    it('refuses the share that its formula says', () => {
      const { calls, tries } = given(engine);
      calls(20, V_SUCCESS);
      calls(79, V_FAILURE);
      // (99 − 2 · 20) / 100
      assert.equal(tries(0.589), THROTTLED);
      // That refusal was a request too: (100 − 40) / 101.
      assert.equal(tries(60 / 101 - 1e-9), THROTTLED);
      assert.ok(tries(61 / 102 + 1e-9) >= 0);
    });

    it('refuses more the less it multiplies accepts by', () => {
      const { calls, tries } = given(engine, { throttleK: 1 });
      calls(50, V_SUCCESS);
      calls(49, V_FAILURE);
      assert.equal(tries(0.489), THROTTLED);
    });

    it('always lets some through', () => {
      const { calls, tries, requests } = given(engine);
      calls(10_000, V_FAILURE);
      const random = seededRandom(5);
      const refused = Array.from({ length: 4_000 }, () => tries(random())).filter(
        (answer) => answer < 0,
      ).length;
      assert.ok(Math.abs(refused / 4_000 - 0.9) < 0.02, String(refused));
      assert.equal(requests(), 14_000);
    });

    it('forgets after its window', () => {
      const { calls, pass, tries, requests } = given(engine);
      calls(1_000, V_FAILURE);
      pass(119_999 - 5_000);
      assert.equal(tries(0.5), THROTTLED);
      pass(10_001);
      assert.equal(requests(), 1);
      pass(120_000);
      assert.ok(tries(0) >= 0);
    });
  });

  describe(`a budget of retries (${engine})`, () => {
    function budget(retryRatio: number, retryFloor: number) {
      const { kernels, slot } = givenPolicyOn(engine, { numbers: { retryRatio, retryFloor } });
      let now = 50_000;
      return {
        call: (count = 1) => {
          for (let i = 0; i < count; i++) kernels.retryDeposit(slot.at, now);
        },
        retry: () => kernels.retryWithdraw(slot.at, now),
        left: () => kernels.retryLeft(slot.at, now),
        pass: (ms: number) => {
          now += ms;
        },
      };
    }

    it('grows by a share of the calls and shrinks by the retries made', () => {
      const { call, retry, left } = budget(0.5, 0);
      assert.equal(retry(), 0);
      call(4);
      assert.deepEqual([left(), retry(), retry(), retry(), left()], [2, 1, 1, 0, 0]);
      call(2);
      assert.deepEqual([retry(), retry()], [1, 0]);
    });

    it('always has some a second', () => {
      const { retry, left } = budget(0.2, 3);
      assert.equal(left(), 30);
      const made = Array.from({ length: 50 }, retry).filter((allowed) => allowed === 1).length;
      assert.equal(made, 30);
    });

    it('forgets calls and retries after ten seconds', () => {
      const { call, retry, left, pass } = budget(1, 0.5);
      call(10);
      pass(5_000);
      for (let i = 0; i < 7; i++) retry();
      assert.equal(left(), 8);
      pass(5_000);
      assert.equal(left(), -2);
      pass(5_000);
      assert.equal(left(), 5);
    });

    it('is not overdrawn by those it refuses', () => {
      const { call, retry, left } = budget(1, 0);
      for (let i = 0; i < 100; i++) assert.equal(retry(), 0);
      assert.equal(left(), 0);
      call(1);
      assert.equal(retry(), 1);
    });
  });
}
