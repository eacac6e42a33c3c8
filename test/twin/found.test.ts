// Histories that the kernels once decided wrongly, found by comparing them with their twin.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BREAKER_LATE,
  F_BREAKER,
  F_RATE,
  F_WINDOW_CALLS,
  T_WATCHED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import type { Kernels } from '../../src/state/kernels.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { NEVER } from './arbitraries.ts';
import { World } from './world.ts';

const CALM: Partial<PolicyNumbers> = {
  minCalls: 1,
  failureRate: 2,
  slowMs: NEVER,
  slowRate: 2,
  trials: 1,
  openMs: 1_000,
  units: 1,
  unitsPerMs: 1,
  burstUnits: 1,
};

function begun(world: World, features: number, numbers: Partial<PolicyNumbers>, generation = 0) {
  world.begin({ features, numbers: { ...CALM, ...numbers }, windowCalls: 10, nowMs: 5, generation });
  const { kernels: k, slot } = world;
  const [cell, row] = [world.at.cell(0), world.at.row(0)];
  return {
    k,
    slot,
    admit: () => k.admit(slot, cell, row, -1, 5, 1, 0.5, 0),
    settle: (ticket: number, verdict: number) => k.settle(slot, cell, -1, ticket, 5, 5, verdict, 7, -1),
    count: (which: number) => k.breakerCount(slot, 5, which),
  };
}

const engines: Record<string, (memory: WebAssembly.Memory) => Kernels> = {
  kernels: wasmKernels,
  twin: twinKernels,
};

for (const [name, engine] of Object.entries(engines)) {
  const world = new World(engine);

  describe(`a breaker of the ${name}`, () => {
    it('keeps its count of ignored calls when one of an earlier generation is ignored late', () => {
      const { k, slot, admit, settle, count } = begun(world, F_BREAKER, {});
      const late = admit();
      k.breakerForce(slot, 5, -1);
      for (let i = 0; i < 3; i++) settle(admit(), V_IGNORED);
      settle(late, V_IGNORED);
      assert.equal(count(3), 3);
      assert.equal(k.counted(slot, BREAKER_LATE), 1);
    });

    for (const generation of [0, 0x7fffff, 0x800000, 0xfffffe]) {
      it(`trips by a count window in generation ${generation}`, () => {
        const rate = { failureRate: 1 };
        const { admit, settle, count } = begun(world, F_BREAKER | F_WINDOW_CALLS, rate, generation);
        assert.ok(settle(admit(), V_FAILURE) !== 0);
        assert.equal(count(0), 1);
      });
    }

    it('shows what it counts when it was switched to metrics only while it was open', () => {
      const { k, slot, admit, settle, count } = begun(world, F_BREAKER, { consecutive: 1 });
      settle(admit(), V_FAILURE);
      k.breakerMode(slot, 2);
      const ticket = admit();
      assert.ok(ticket & T_WATCHED);
      settle(ticket, V_SUCCESS);
      assert.equal(count(0), 1);
      assert.equal(count(1), 0);
    });
  });

  describe(`a bucket of the ${name}`, () => {
    it('never owes so much that its arrival time runs out of its word', () => {
      const { k, slot } = begun(world, F_RATE, { units: 1e9, burstUnits: 1e15, maxDebtMs: NEVER });
      let granted = 0;
      while (granted < 1_000 && k.rateReserve(slot, 5, 1e6) >= 0) granted++;
      assert.equal(granted, 9, 'nine times 10^15 units fit under 2^53');
      assert.equal(k.rateAvailable(slot, 5), (1e15 - 9e15) / 1e9);
    });

    it('is restored empty, not full, from a debt beyond all measure', () => {
      const { k, slot } = begun(world, F_RATE, { maxDebtMs: NEVER });
      k.rateSet(slot, 5, -1e30);
      assert.equal(k.rateAvailable(slot, 5), 1 - 2 ** 53);
      assert.ok(k.rateAcquire(slot, 5, 1) > 0);
    });
  });
}
