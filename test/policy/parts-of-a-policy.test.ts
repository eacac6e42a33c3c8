// What a policy shows of its strategies, and what it says when it cannot be changed.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { A_NEWCOMER, S_RELEASE, V_SUCCESS } from '../../assembly/layout.ts';
import { OptionsError } from '../../src/index.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { Policy } from '../../src/policy/policy.ts';
import { fine, givenLater as given, onBothEngines, settled } from '../support/given.ts';

const PARTS = ['circuitBreaker', 'rateLimiter', 'bulkhead', 'errorBudget', 'latencyBudget'] as const;
const OPTIONS = {
  circuitBreaker: { consecutiveFailures: 1 },
  rateLimiter: { permitsPerSecond: 1 },
  bulkhead: { maxConcurrent: 1 },
  errorBudget: { objective: 0.9, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.5, targetMs: 10 },
} satisfies PolicyOptions;

onBothEngines('a policy', (engine) => {
  it('shows the parts that are configured, and no others', () => {
    for (const part of PARTS) {
      const { guarded } = given(engine, { [part]: OPTIONS[part] });
      assert.deepEqual(
        PARTS.filter((each) => guarded[each] !== undefined),
        [part],
      );
    }
  });

  it('shows of a keyed limiter what a fresh key could take, whatever was taken from the bucket for all others', () => {
    const rateLimiter = { permitsPerSecond: 0.001, burst: 5, perKey: { maxKeys: 1 } };
    const { guarded } = given(engine, { rateLimiter });
    let taken = 0;
    for (let key = 0; key < 64; key++) if (guarded.tryAcquire({ key: `${key}` }).ok) taken++;
    assert.ok(taken < 64, 'the bucket for those that have no place is empty');
    assert.equal(guarded.rateLimiter?.available, 5);
  });

  it('shows of a keyed limiter whose burst was raised what a fresh key has then', () => {
    const rateLimiter = { permitsPerSecond: 0.001, burst: 5, perKey: { maxKeys: 1 } };
    const { guarded } = given(engine, { rateLimiter });
    guarded.update({ rateLimiter: { burst: 9 } });
    assert.equal(guarded.rateLimiter?.available, 9);
  });

  it('says that a burn rate is of a duration', () => {
    const { guarded } = given(engine, { errorBudget: OPTIONS.errorBudget });
    assert.throws(
      () => guarded.errorBudget?.burnRate(0),
      /^OptionsError: burnRate: expected a duration above 0 and at most 21600000 ms, got 0/,
    );
  });

  it('says whose option an update gets wrong', () => {
    for (const [name, path] of [
      ['', 'policy.bulkhead.maxConcurrent'],
      ['send', 'policies.send.bulkhead.maxConcurrent'],
    ]) {
      const { guarded } = given(engine, { bulkhead: OPTIONS.bulkhead }, { name });
      assert.throws(
        () => guarded.update({ bulkhead: { maxConcurrent: 0 } }),
        (error) => error instanceof OptionsError && error.path === path,
      );
    }
  });

  it('says so when other threads update it without end', () => {
    const { guarded } = given(engine, { bulkhead: OPTIONS.bulkhead }, { name: 'send' });
    Object.assign(Policy.coreOf(guarded).slot, { publish: () => false });
    assert.throws(() => guarded.update({ bulkhead: { maxConcurrent: 2 } }), {
      name: 'OptionsError',
      message: 'policies.send: expected other threads to stop updating it, got no chance to publish',
    });
  });

  it('lets who waits in, when it is woken, on what came back without a call of its own', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1 } });
    const { kernels, at, cell, fence, row } = Policy.coreOf(guarded);
    const ticket = kernels.admit(at, cell, row, fence, 0, 1, 0, A_NEWCOMER);
    assert.ok(ticket >= 0);
    const waiting = guarded.execute(fine);
    kernels.settle(at, cell, fence, ticket, 0, 0, V_SUCCESS, S_RELEASE, -1);
    assert.equal(guarded.bulkhead?.active, 0);
    assert.equal(await settled(waiting), 'pending');
    guarded.wake();
    assert.equal(await waiting, 'fine');
  });
});
