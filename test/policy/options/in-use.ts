import assert from 'node:assert/strict';
import { updatedNumbers } from '../../../src/policy/options/update.ts';
import type { PolicyNumbers } from '../../../src/state/options-block.ts';
import { read, refusal } from './refusal.ts';

/** A policy in use: changes are put in force, by this thread or another. */
export function inUse(options: unknown) {
  const plan = read(options);
  const policy = {
    plan,
    numbers: plan.numbers,
    change(change: unknown): Partial<PolicyNumbers> {
      const updated = updatedNumbers('policies.send', plan, policy.numbers, change);
      policy.numbers = { ...policy.numbers, ...updated };
      return updated;
    },
  };
  return policy;
}

/** Asserts that a change is refused with a message below the policy's path, and changes nothing. */
export function refusesChange(options: unknown, change: unknown, message: string): void {
  const policy = inUse(options);
  assert.equal(
    refusal(() => policy.change(change)),
    `policies.send${message}`,
  );
  assert.equal(policy.numbers, policy.plan.numbers);
}
