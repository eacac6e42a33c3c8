import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergedOptions } from '../../../src/policy/options/option-tree.ts';
import type { PolicyPlan } from '../../../src/policy/plan.ts';
import { anyPolicy, anythingLikePolicy, anyUpdate } from './arbitrary.ts';
import { inUse } from './in-use.ts';
import { read, refusal } from './refusal.ts';

/** The plan of options that are allowed, and of the shape of another plan. */
function planLike({ shape }: PolicyPlan, options: unknown): PolicyPlan | undefined {
  try {
    const plan = read(options);
    assert.deepEqual(plan.shape, shape);
    return plan;
  } catch {
    return undefined;
  }
}

describe('any change', () => {
  it('is made or refused', () => {
    const change = fc.oneof(anyPolicy, anythingLikePolicy, fc.jsonValue(), fc.anything());
    fc.assert(
      fc.property(anyPolicy, change, (options, change) => {
        const policy = inUse(options);
        try {
          policy.change(change);
        } catch {
          refusal(() => policy.change(change));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leads where a policy made with it begins, and made again leads nowhere', () => {
    let made = 0;
    fc.assert(
      fc.property(anyUpdate, ({ policy: options, change }) => {
        const policy = inUse(options);
        const whole = planLike(policy.plan, mergedOptions(options, change));
        if (whole === undefined) return;
        if (Object.keys(policy.change(change)).length > 0) made++;
        assert.deepEqual(policy.numbers, whole.numbers);
        assert.deepEqual(policy.change(change), {});
      }),
      { numRuns: 200 },
    );
    assert.ok(made > 20, `${made} were made`);
  });

  it('changes nothing that it does not name', () => {
    let made = 0;
    fc.assert(
      fc.property(anyUpdate, ({ policy: options, change }) => {
        const before = inUse(options);
        const after = inUse(options);
        if (planLike(before.plan, mergedOptions(options, change)) === undefined) return;
        // By another thread, while this one knows the policy as it was made.
        after.numbers = { ...before.numbers, ...before.change(change) };
        for (const name of Object.keys(change)) assert.deepEqual(after.change({ [name]: {} }), {});
        if (Object.keys(change).length > 0) made++;
      }),
      { numRuns: 200 },
    );
    assert.ok(made > 20, `${made} were made`);
  });
});
