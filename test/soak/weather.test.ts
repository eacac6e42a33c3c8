import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { weather } from './weather.ts';

describe('a minute of weather', () => {
  it('leaves every place home, every count right and nothing behind', async () => {
    const { violations, did, calls, pool } = await weather({ seed: 20_300, minutes: 1, poolSeconds: 1 });
    assert.deepEqual(violations, []);
    assert.ok(calls > 500 && pool.settled > 100, `${calls} calls, ${pool.settled} tasks`);
    for (const what of ['calls', 'permits', 'updates', 'snapshots put back', 'jumps', 'quiet points']) {
      assert.ok(did.runtime[what] > 0, what);
    }
    assert.ok(did.threads['policies come or gone'] > 0 && did.threads.updates > 0);
  });
});
