// Windows on a clock that is set back: what is stamped in the future counts as empty.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SLOT_CLOCK_BACK } from '../../assembly/layout.ts';
import { policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { manualClock } from '../../src/testing/index.ts';
import { fine, givenLater as given, onBothEngines } from '../support/given.ts';

onBothEngines('a clock that is set back', (engine) => {
  it('leaves nothing in a window but what comes after', async () => {
    const { clock, guarded } = given(engine, { circuitBreaker: { window: { ms: 1_000 } } });
    await guarded.execute(fine);
    assert.equal(guarded.circuitBreaker?.counts.total, 1);
    clock.set(clock.now() - 60_000);
    assert.equal(guarded.circuitBreaker?.counts.total, 0);
    await guarded.execute(fine);
    assert.equal(guarded.circuitBreaker?.counts.total, 1);
  });

  it('is back by what it lost since the policy was made, and not before', () => {
    const clock = manualClock({ startMs: 36_000_000 });
    policy({}, { clock, engine });
    clock.set(clock.now() - 20_000);
    const { slot } = Policy.coreOf(policy({ circuitBreaker: { window: { ms: 1_000 } } }, { clock, engine }));
    assert.equal(slot.readF(SLOT_CLOCK_BACK), 0);
    clock.set(clock.now() - 7_000);
    assert.equal(slot.readF(SLOT_CLOCK_BACK), 7_000);
  });
});
