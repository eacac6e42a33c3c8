// A memory of more than 2 GiB could be asked for, and addresses in its upper half turned negative.
// Sizes that do not fit below are refused, with what they would come to.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, OptionsError } from '../../src/index.ts';

it('sizes that come to more than 2 GiB are refused as options', () => {
  for (const memory of [
    { keys: 2 ** 25 },
    { policies: 65_536, threads: 1_024, keys: 2 ** 24 },
    { keys: 2 ** 53 - 1 },
  ]) {
    assert.throws(
      () => createHoldfast({ memory }),
      (error) => error instanceof OptionsError && error.path === 'memory' && /bytes/.test(error.received),
    );
  }
});
