// A keyed policy whose name was too long was refused after it had taken its keys, which nobody gave back.
// What is refused leaves as much room as there was.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, OptionsError } from '../../src/index.ts';

it('a definition that is refused for its name gives its keys back', () => {
  const holdfast = createHoldfast({ memory: { policies: 2, threads: 1, keys: 8 } });
  const options = { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 8 } } };
  for (const name of ['n'.repeat(1_000), '', 'é'.repeat(500)]) {
    assert.throws(() => holdfast.define(name, options), OptionsError);
  }
  assert.ok(holdfast.define('fits', options).tryAcquire({ key: 'a' }).ok);
});
