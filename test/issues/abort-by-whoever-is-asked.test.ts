// A predicate, or a listener for timeouts, that aborted the very call it was asked about made the attempt end twice, and
// its slot was given back twice or never. It ends once, with the caller's reason.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, given, onBothEngines, pending } from '../support/given.ts';

const OPTIONS = { bulkhead: { maxConcurrent: 2 }, timeout: { attemptMs: 100 } };

onBothEngines('a call that is aborted by whoever is asked about it', (engine) => {
  it('as a predicate ends once and holds nothing', async () => {
    const abort = new AbortController();
    const isFailure = () => {
      abort.abort('enough');
      return true;
    };
    const { guarded, clock } = given(engine, { ...OPTIONS, retry: { maxRetries: 2 }, isFailure });
    await assert.rejects(guarded.execute(fine, { signal: abort.signal }), (error) => error === 'enough');
    await clock.advance(10_000);
    assert.equal(guarded.bulkhead?.active, 0);
    assert.equal(guarded.bulkhead?.abandoned, 0);
    assert.equal(clock.pending, 0);
  });

  it('as a listener for its timeout ends once, and its operation keeps the slot until it ends', async () => {
    const abort = new AbortController();
    const { guarded, clock } = given(engine, OPTIONS);
    guarded.on('timeout', () => abort.abort('enough'));
    const slow = pending();
    const call = guarded.executeOutcome(slow.operation, { signal: abort.signal });
    await clock.advance(100);
    assert.equal((await call).ok, false);
    assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.abandoned], [1, 1]);
    slow.resolve('late');
    await clock.advance(0);
    assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.abandoned], [0, 0]);
  });
});
