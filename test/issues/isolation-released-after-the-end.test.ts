// Releasing an isolation after its policy was removed let go of another policy's, which had the slot by then.
// It does nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';

it('an isolation that outlives its policy isolates and releases no other', () => {
  const holdfast = createHoldfast({ memory: { policies: 1, threads: 1, keys: 0 } });
  const options = { circuitBreaker: { consecutiveFailures: 1 } };
  const release = holdfast.define('first', options).circuitBreaker?.isolate();
  holdfast.remove('first');
  const second = holdfast.define('second', options).circuitBreaker;
  assert.equal(second?.state, 'closed');
  const hold = second?.isolate();
  release?.();
  assert.equal(second?.state, 'isolated');
  hold?.();
  assert.equal(second?.state, 'closed');
});
