// The whole decision: admit takes everything in one step or nothing, settle gives back what admit took.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  A_HEAD,
  A_UNLIMITED,
  COUNT_BULKHEAD_REFUSED,
  COUNT_RATE_REFUSED,
  COUNT_SUCCESS,
  E_WAKE,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_COUNTED,
  F_LATENCY,
  F_LINE,
  F_RATE,
  F_THROTTLE,
  F_VIEW_BUDGET,
  R_BULKHEAD,
  R_LINE,
  R_OPEN,
  R_RATE,
  R_THROTTLED,
  R_TURNED,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  T_SLOT,
  T_TRIAL,
  V_FAILURE,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const ALL =
  F_BREAKER | F_THROTTLE | F_RATE | F_BULKHEAD | F_BUDGET | F_LATENCY | F_VIEW_BUDGET | F_COUNTED | F_LINE;

function given(engine: TestedEngine, numbers: Partial<PolicyNumbers> = {}) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: ALL,
    budgetBucketMs: 1_000,
    throttleBucketMs: 5_000,
    viewMs: [60_000, 0, 0, 0],
    numbers: {
      ...bucket(10, 3),
      maxConcurrent: 2,
      maxQueue: 5,
      consecutive: 2,
      trials: 1,
      openMs: 100,
      ...numbers,
    },
  });
  let now = 10_000;
  const { at, cell } = slot;
  return {
    slot,
    kernels,
    admit: (mode = 0, permits = 1, draw = 0.999) =>
      kernels.admit(at, cell, plane.rowAt, plane.fence, now, permits, draw, mode),
    settle: (ticket: number, verdict = V_SUCCESS, what = S_VERDICT | S_RELEASE | S_CALL) =>
      kernels.settle(at, cell, plane.fence, ticket, now - 5, now, verdict, what, -1),
    refuse: (code: number, permits = 1) => kernels.refuse(at, plane.rowAt, now, permits, code),
    counted: (offset: number) => kernels.counted(at, offset),
    queue: () => kernels.lineJoin(at, cell, plane.fence),
    pass: (ms: number) => {
      now += ms;
    },
    /** Everything that an admission may take. */
    taken: () => ({
      tokens: kernels.rateAvailable(at, now),
      active: kernels.bulkheadActive(at),
      breaker: kernels.breakerWord(at) % 8,
    }),
    calls: () => [kernels.budgetCount(at, now, 0), kernels.viewCount(at, 0, now)],
  };
}

for (const engine of ENGINES) {
  describe(`a policy’s decision (${engine})`, () => {
    it('takes a slot and a token in one step, and gives the slot back', () => {
      const { admit, settle, taken, calls, counted } = given(engine);
      const ticket = admit();
      assert.ok(ticket & T_SLOT);
      assert.deepEqual(taken(), { tokens: 2, active: 1, breaker: 0 });
      assert.deepEqual(calls(), [0, 0]);
      settle(ticket);
      assert.deepEqual(taken(), { tokens: 2, active: 0, breaker: 0 });
      assert.deepEqual([calls(), counted(COUNT_SUCCESS)], [[1, 1], 1]);
    });

    it('takes no token when there is no slot', () => {
      const { admit, taken } = given(engine);
      admit();
      admit();
      assert.deepEqual([admit(), taken().tokens], [R_BULKHEAD, 1]);
    });

    it('takes no slot when there is no token', () => {
      const { admit, taken, settle, refuse, counted } = given(engine);
      for (let i = 0; i < 3; i++) settle(admit());
      assert.deepEqual([admit(), taken()], [R_RATE, { tokens: 0, active: 0, breaker: 0 }]);
      assert.deepEqual([refuse(R_RATE), refuse(R_RATE, 2), counted(COUNT_RATE_REFUSED)], [100, 200, 2]);
    });

    it('names the limiter when both would refuse', () => {
      const { admit } = given(engine, { maxConcurrent: 3 });
      for (let i = 0; i < 3; i++) admit();
      assert.equal(admit(), R_RATE);
    });

    it('gives a trial back that a later refusal makes void', () => {
      const { admit, settle, pass, taken } = given(engine, { maxConcurrent: 1 });
      const running = admit();
      settle(running, V_FAILURE, S_VERDICT);
      settle(running, V_FAILURE, S_VERDICT);
      assert.equal(admit(), R_OPEN);
      pass(100);
      assert.deepEqual([admit(), taken().breaker], [R_BULKHEAD - R_TURNED, 1]);
      settle(running, V_SUCCESS, S_RELEASE);
      assert.ok(admit() & T_TRIAL);
      assert.equal(admit(), R_OPEN);
    });

    it('counts a refusal only where it was refused', () => {
      const { admit, refuse, counted, calls } = given(engine);
      admit();
      admit();
      refuse(admit());
      assert.deepEqual(
        [counted(COUNT_BULKHEAD_REFUSED), counted(COUNT_RATE_REFUSED), calls()],
        [1, 0, [0, 0]],
      );
    });

    it('asks the throttle before slot and token', () => {
      const { admit, settle, taken, kernels, slot } = given(engine, {
        consecutive: 0,
        ...bucket(1_000, 1_000),
      });
      for (let i = 0; i < 50; i++) settle(admit(), V_FAILURE);
      const before = taken();
      assert.equal(admit(0, 1, 0.5), R_THROTTLED);
      assert.deepEqual(taken(), before);
      assert.equal(kernels.throttleCount(slot.at, 10_000, 0), 51);
    });

    it('sends newcomers to the end of the line, and lets its head pass', () => {
      const { admit, queue, taken } = given(engine);
      queue();
      const before = taken();
      assert.deepEqual([admit(), taken()], [R_LINE, before]);
      assert.ok(admit(A_HEAD) & T_SLOT);
    });

    it('tells newcomers of an open breaker though others wait', () => {
      const { admit, settle, queue } = given(engine);
      for (let i = 0; i < 2; i++) settle(admit(), V_FAILURE);
      queue();
      assert.equal(admit(), R_OPEN);
    });

    it('leaves the limiter out when it was asked elsewhere', () => {
      const { admit, settle, taken } = given(engine);
      for (let i = 0; i < 20; i++) settle(admit(A_UNLIMITED));
      assert.equal(taken().tokens, 3);
    });

    it('wakes the line when a slot comes back', () => {
      const { admit, settle, queue } = given(engine);
      const [one, two] = [admit(), admit()];
      assert.equal(settle(one, V_SUCCESS, S_RELEASE), 0);
      queue();
      assert.equal(settle(two, V_SUCCESS, S_RELEASE), E_WAKE);
    });

    it('hears the verdict of an operation that runs on before it gives its slot back', () => {
      const { admit, settle, taken, calls } = given(engine);
      const ticket = admit();
      settle(ticket, V_FAILURE, S_VERDICT);
      assert.deepEqual([taken().active, calls()], [1, [0, 0]]);
      settle(ticket, V_FAILURE, S_CALL);
      assert.deepEqual([taken().active, calls()], [1, [1, 1]]);
      settle(ticket, V_FAILURE, S_RELEASE);
      assert.deepEqual([taken().active, calls()], [0, [1, 1]]);
    });

    it('needs no room for what is not configured', () => {
      const { kernels, slot, plane } = givenPolicyOn(engine, {});
      for (let i = 0; i < 100; i++) {
        const ticket = kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, i, 5, 0, 0);
        assert.equal(ticket, 0);
        assert.equal(kernels.settle(slot.at, slot.cell, plane.fence, ticket, i, i, V_FAILURE, 7, -1), 0);
      }
    });
  });
}
