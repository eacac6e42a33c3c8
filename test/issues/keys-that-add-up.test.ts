// Tables of keys are rounded up, so that policies whose `maxKeys` added up to `memory.keys` did not always fit.
// They do, however they are cut.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';

it('keyed policies whose keys add up to the memory’s all fit', () => {
  for (const cut of [[10], [1, 9], [3, 3, 4], [5, 5], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [9, 1]]) {
    const holdfast = createHoldfast({ memory: { policies: 10, threads: 1, keys: 10 } });
    for (const [index, maxKeys] of cut.entries()) {
      const limited = holdfast.define(`p${index}`, {
        rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys } },
      });
      assert.ok(limited.tryAcquire({ key: 'k' }).ok, cut.join());
    }
  }
});
