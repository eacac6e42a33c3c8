// A name that began with a byte order mark was read back without it, and one with half a surrogate pair as another text:
// the policy was there and could not be found. The first is a name like any other, the second is none.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, OptionsError } from '../../src/index.ts';

it('a policy is found under the name it was defined by, or is not defined', () => {
  const holdfast = createHoldfast({ memory: { policies: 4, threads: 1, keys: 0 } });
  const marked = '\ufeffsend';
  holdfast.define(marked, {});
  holdfast.define('other', {});
  // Names are read anew from the memory.
  holdfast.remove('other');
  assert.deepEqual(holdfast.policies, [marked]);
  assert.equal(holdfast.policy(marked).name, marked);
  assert.throws(() => holdfast.define('half \ud83d', {}), OptionsError);
});
