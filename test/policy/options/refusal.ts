import assert from 'node:assert/strict';
import { OptionsError } from '../../../src/base/errors.ts';
import { readPolicy } from '../../../src/policy/options/read-policy.ts';
import type { PolicyPlan } from '../../../src/policy/plan.ts';

/** The message of the OptionsError that this throws. */
export function refusal(act: () => unknown): string {
  let refused = '';
  assert.throws(act, (error) => {
    assert.ok(error instanceof OptionsError, String(error));
    refused = error.message;
    return true;
  });
  return refused;
}

/** Reads options of a policy called send. */
export function read(options: unknown): PolicyPlan {
  return readPolicy('policies.send', options);
}

/** Asserts, for each pair, that options are refused with a message, which says what stands below `path`. */
export function refuses(
  path: string,
  cases: readonly (readonly [options: unknown, message: string])[],
): void {
  for (const [options, message] of cases) {
    assert.equal(
      refusal(() => read(options)),
      `policies.send${path}${message}`,
    );
  }
}
