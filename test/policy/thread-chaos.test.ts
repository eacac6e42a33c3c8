// Whether chaos may end or block a thread: only once its manager has said so.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allowThreadChaos, mayStrikeThread } from '../../src/policy/thread-chaos.ts';

it('chaos may not strike a thread before it is allowed to, nor after it is forbidden', () => {
  assert.equal(mayStrikeThread(), false);
  allowThreadChaos(true);
  assert.equal(mayStrikeThread(), true);
  allowThreadChaos(false);
  assert.equal(mayStrikeThread(), false);
});
