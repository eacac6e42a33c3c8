// Calls that ask for many permits where no limiter counts them: none of them lacks any.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a call that asks for many permits where no limiter counts them', (engine) => {
  it('is refused by the bulkhead alone, in line and out of it', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1 } });
    const held = guarded.tryAcquire({ permits: 5 });
    assert.ok(held.ok);
    const waits = guarded.execute(fine, { permits: 5 });
    const behind = guarded.tryAcquire({ permits: 5 });
    assert.equal(behind.ok || behind.strategy, 'bulkhead');
    const full = await errorOf(guarded.execute(fine, { permits: 5 }));
    assert.equal((full as { code: string }).code, 'HF_BULKHEAD_FULL');
    held.settle('success');
    assert.equal(await waits, 'fine');
  });
});
