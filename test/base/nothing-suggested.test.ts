import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnknownPolicyError, UnknownTaskError } from '../../src/base/errors.ts';

describe('a name that nobody knows, among none that anybody does', () => {
  it('is repeated, and no other is suggested', () => {
    for (const name of ['plant', 'plantd', 'planted', 'panted']) {
      const task = new UnknownTaskError({ task: name });
      assert.equal(task.message, `workers: no task is called "${name}"`);
      const policy = new UnknownPolicyError({ policy: name });
      assert.equal(policy.message, `no policy is called "${name}"`);
    }
  });
});
