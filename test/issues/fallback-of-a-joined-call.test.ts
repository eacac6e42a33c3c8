// A caller that shared another's operation and ran out of time got the TimeoutError, fallback or not.
// The fallback stands around the timeout, for those who share too.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given, onBothEngines, pending } from '../support/given.ts';

onBothEngines('callers who share an operation', (engine) => {
  it('get the fallback when their time is up, and leave no timer', async () => {
    const { guarded, clock } = given(engine, {
      coalesce: { key: () => 'one' },
      timeout: { totalMs: 100 },
      fallback: (error) => (error as Error).name,
    });
    const slow = pending();
    const calls = [1, 2, 3].map(() => guarded.execute(slow.operation));
    await clock.advance(100);
    assert.deepEqual(await Promise.all(calls), ['TimeoutError', 'TimeoutError', 'TimeoutError']);
    assert.equal(slow.calls, 1);
    slow.resolve('late');
    await clock.advance(0);
    assert.equal(clock.pending, 0);
  });
});
