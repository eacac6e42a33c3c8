// A refund to a key that had no bucket of its own was credited to a bucket on its way in the table, which was another's.
// It meets its own key's bucket or none.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';

onBothEngines('a refund', (engine) => {
  it('to a key that has spent nothing gives no other key a permit', () => {
    const options = { permitsPerSecond: 1, burst: 1, perKey: { maxKeys: 8, onFull: 'refuse' } } as const;
    const limiter = rateLimiter(options, { clock: manualClock(), engine });
    const spent = Array.from({ length: 8 }, (_, index) => `spent ${index}`);
    for (const key of spent) assert.ok(limiter.tryAcquire(1, key));
    for (let index = 0; index < 200; index++) limiter.refund(1, `other ${index}`);
    for (const key of spent) assert.equal(limiter.tryAcquire(1, key), false, key);
    limiter.refund(1, spent[3]);
    assert.ok(limiter.tryAcquire(1, spent[3]));
  });
});
