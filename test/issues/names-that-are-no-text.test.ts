// A symbol or a number where the name of a policy or a task belongs ended in a TypeError of the engine's, or in a policy
// that nobody could find. What is no text is refused as an option, or is unknown.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, OptionsError, UnknownPolicyError, UnknownTaskError } from '../../src/index.ts';
import { given } from '../work/given.ts';

const NAMES = [Symbol('send'), 5, null, {}, Object.create(null)] as never[];

it('a policy is not defined under what is no text, and not found under it', () => {
  const holdfast = createHoldfast({ memory: { policies: 4, threads: 1, keys: 0 } });
  for (const name of NAMES) {
    assert.throws(() => holdfast.define(name, {}), OptionsError);
    assert.throws(() => holdfast.policy(name), UnknownPolicyError);
    assert.equal(holdfast.remove(name), false);
  }
  assert.deepEqual(holdfast.policies, []);
});

it('a task is unknown by what is no text', async () => {
  const holdfast = await given();
  try {
    for (const name of NAMES)
      await assert.rejects(holdfast.offload(name, undefined as never), UnknownTaskError);
  } finally {
    await holdfast.stop({ drainMs: 0 });
  }
});
