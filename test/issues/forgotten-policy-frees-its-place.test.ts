// A policy by itself that was dropped without being disposed of kept its place in memory for ever: what was to give
// it back shared a closure with what told its events, and so held what it waited to see gone.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy, rateLimiter } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { homeFor } from '../../src/policy/standalone.ts';
import { heldBytes } from '../support/garbage.ts';
import { type Engine, onBothEngines } from '../support/given.ts';
import { turns } from '../support/turns.ts';

/** Where a policy's state is: a memory, and the place in it. */
function placeOf(made: Policy) {
  const { plane, at } = Policy.coreOf(made).slot;
  return { plane, at };
}

/** In a function of its own, so that nothing on the stack holds the policy. */
const placeOfForgotten = (engine: Engine) =>
  placeOf(policy({ bulkhead: { maxConcurrent: 1, maxQueue: 1 } }, { engine }));

onBothEngines('a policy that is forgotten', (engine) => {
  it('leaves its place in memory to another one', async () => {
    const place = placeOfForgotten(engine);
    const kept: Policy[] = [];
    await turns(() => {
      heldBytes();
      const next = policy({}, { engine });
      kept.push(next);
      const { plane, at } = placeOf(next);
      return plane === place.plane && at === place.at;
    });
    for (const each of kept) each.dispose();
  });
});

/** In a function of its own, as above. */
const makeAndForget = (engine: Engine) => void rateLimiter({ permitsPerSecond: 1 }, { engine }).tryAcquire();

onBothEngines('a limiter that is forgotten', (engine) => {
  it('leaves its place in memory to another one', async () => {
    const { arena } = homeFor(engine, 0);
    const before = arena.free;
    makeAndForget(engine);
    assert.equal(arena.free, before - 1);
    await turns(() => {
      heldBytes();
      return arena.free === before;
    });
  });
});
