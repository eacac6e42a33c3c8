// "A scripted operation" could not be handed to a policy itself: only its `operation` could.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';

it('an upstream is the operation that it scripts', async () => {
  const up = upstream<string>();
  assert.equal(up.operation, up);
  up.succeed('scripted');
  assert.equal(await policy().execute(up), 'scripted');
  const later = policy().execute(up);
  assert.deepEqual([up.calls, up.pending, up.scripted], [2, 1, 0]);
  const { context } = await up.next();
  assert.equal(context.attempt, 1);
  up.succeed('answered');
  assert.equal(await later, 'answered');
  assert.equal(up.pending, 0);
});
