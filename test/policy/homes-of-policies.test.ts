// The memories that policies by themselves live in: which of them one gets, and what stands around it there.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { type Home, homeFor } from '../../src/policy/standalone.ts';
import { fine, givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { withHeldWaits } from './two-threads.ts';

/** Takes all places that are left in a memory; what it gives leaves them again. */
function fill({ arena }: Home): () => void {
  const taken = Array.from({ length: arena.free }, () => arena.takeOnMain('policy'));
  return () => {
    for (const index of taken) arena.freeOnMain(index);
  };
}

onBothEngines('a policy by itself', (engine) => {
  it('lives where there is a place left, on its own engine', () => {
    const home = homeFor(engine, 0);
    assert.equal(home.plane.engine.name, engine);
    assert.equal(homeFor(engine, 0), home);
    assert.equal(Policy.coreOf(policy({}, { engine })).slot.plane, home.plane);
  });

  it('lives in a larger memory once there is none left', () => {
    const first = homeFor(engine, 0);
    const leaveFirst = fill(first);
    const second = homeFor(engine, 0);
    const leaveSecond = fill(second);
    const sizes = [first, second, homeFor(engine, 0)].map(({ plane }) => plane.sizes.policies);
    leaveFirst();
    leaveSecond();
    assert.deepEqual(
      sizes,
      [...new Set(sizes)].sort((a, b) => a - b),
    );
  });

  it('has a memory to itself when it has keys, and leaves no room there to others', () => {
    const home = homeFor(engine, 8);
    assert.deepEqual(home.plane.sizes.policies, 1);
    assert.equal(home.plane.engine.name, engine);
    for (const keys of [0, 8]) assert.notEqual(homeFor(engine, keys), home);
  });

  it('waits in its line for no other thread', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1 } });
    await withHeldWaits(Policy.coreOf(guarded).slot.plane, async (waits) => {
      const first = pending();
      const running = guarded.execute(first.operation);
      const waiting = guarded.execute(fine);
      assert.equal(guarded.bulkhead?.queued, 1);
      first.resolve('done');
      assert.deepEqual(await Promise.all([running, waiting]), ['done', 'fine']);
      assert.equal(waits.begun, 0);
    });
  });

  it('never drains, and sheds nothing', async () => {
    const { guarded } = given(engine, { shed: { degraded: 7, severelyDegraded: 7, emergency: 7 } });
    assert.equal(await guarded.execute(fine, { priority: 0 }), 'fine');
  });
});

describe('a policy of either engine', () => {
  it('lives where there is a place left, whatever the engine there', () => {
    const home = homeFor('auto', 0);
    assert.equal(homeFor('auto', 0), home);
    const leave = fill(home);
    assert.notEqual(homeFor('auto', 0), home);
    leave();
    assert.equal(homeFor('auto', 0), home);
  });
});
