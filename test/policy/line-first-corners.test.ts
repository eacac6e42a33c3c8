// The first in line of all threads goes in at once.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fine, pending, settled } from '../support/given.ts';
import { twoThreads, withHeldWaits } from './two-threads.ts';

describe('a line that another thread may stand in too', () => {
  it('lets its first one in with the slot that comes back, before any notice of it', async () => {
    const { plane, here } = twoThreads({ send: { bulkhead: { maxConcurrent: 1, maxQueue: 3 } } });
    const send = here.get('send');
    await withHeldWaits(plane, async () => {
      const held = pending();
      const running = send.execute(held.operation);
      const waits = send.execute(fine);
      assert.equal(await settled(waits), 'pending');
      held.resolve('done');
      assert.equal(await running, 'done');
      assert.deepEqual(await settled(waits), { ok: 'fine' });
    });
  });
});
