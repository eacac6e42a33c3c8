// One policy inside another: what is misused, what never ran, and what goes back to whom.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { policy } from '../../src/policy/make-policy.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { type AnyPolicy, wrap } from '../../src/policy/wrap.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, fine } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

function given(outside: PolicyOptions, inside: PolicyOptions) {
  const clock = manualClock({ startMs: 36_000_000 });
  const outer = policy(outside, { clock });
  const inner = policy(inside, { clock });
  return { clock, outer, inner, both: wrap(outer, inner) };
}

const BREAKER: PolicyOptions = { circuitBreaker: { consecutiveFailures: 9 } };

describe('a call of a policy inside another', () => {
  it('is no call of either where its operation is none', async () => {
    const { outer, inner, both } = given(BREAKER, BREAKER);
    const none = undefined as never;
    assert.ok((await errorOf(both.execute(none))) instanceof TypeError);
    const outcome = await both.executeOutcome(none);
    assert.ok(!outcome.ok && outcome.error instanceof TypeError && !outcome.rejected);
    for (const { circuitBreaker } of [outer, inner]) assert.equal(circuitBreaker?.counts.total, 0);
  });

  it('has the outcome of its operation, a value or an error', async () => {
    const { outer, both } = given(BREAKER, BREAKER);
    assert.deepEqual(await both.executeOutcome(fine), { ok: true, value: 'fine', rejected: false });
    assert.equal((await both.executeOutcome(boom)).ok, false);
    const { total, failures } = outer.circuitBreaker?.counts ?? {};
    assert.deepEqual([total, failures], [2, 1]);
  });

  it('is not called refused where it is misused, nor where a fallback ends it without a word', async () => {
    const limit = { rateLimiter: { permitsPerSecond: 1, burst: 2 } };
    const misused = await given({}, limit).both.executeOutcome(fine, { permits: 5 });
    assert.ok(!misused.ok && misused.error instanceof RangeError && !misused.rejected);
    const silent = () => {
      throw undefined;
    };
    const { outer, both } = given({ ...BREAKER, fallback: silent }, {});
    outer.circuitBreaker?.isolate();
    assert.deepEqual(await both.executeOutcome(fine), { ok: false, error: undefined, rejected: false });
  });

  it('has a fallback’s value where the inner one refused', async () => {
    const { inner, both } = given({ fallback: () => 'instead' }, BREAKER);
    inner.circuitBreaker?.isolate();
    assert.deepEqual(await both.executeOutcome(fine), { ok: true, value: 'instead', rejected: false });
  });

  it('hands its operation the context that there is, where nothing of the outer one limits the time', async () => {
    const { inner, both } = given(BREAKER, { timeout: { attemptMs: 50 } });
    const shape = (operation: (name: (context: object) => string) => Promise<string>) =>
      operation((context) => context.constructor.name);
    assert.equal(await shape((name) => both.execute(name)), await shape((name) => inner.execute(name)));
  });
});

describe('a permit of a policy inside another', () => {
  it('gives back what was asked for without a word, and no more', () => {
    const { outer, inner, both } = given({ rateLimiter: { permitsPerSecond: 0.1, burst: 3 } }, BREAKER);
    assert.ok(outer.tryAcquire().ok);
    inner.circuitBreaker?.isolate();
    assert.equal(both.tryAcquire().ok, false);
    assert.equal(outer.rateLimiter?.available, 2);
  });

  it('gives nothing back for permits that nothing limits', () => {
    const { outer, inner, both } = given({ ...BREAKER, bulkhead: { maxConcurrent: 1 } }, BREAKER);
    inner.circuitBreaker?.isolate();
    for (const permits of [1, 5]) assert.equal(both.tryAcquire({ permits }).ok, false);
    assert.equal(outer.bulkhead?.active, 0);
    assert.ok(outer.tryAcquire({ permits: 5 }).ok);
  });

  it('goes back to a gate that is no policy of ours as well', () => {
    const clock = manualClock();
    const inner = policy(BREAKER, { clock });
    inner.circuitBreaker?.isolate();
    const settled: string[] = [];
    const gate = {
      ...wrap(inner, inner),
      tryAcquire: () => ({
        ok: true,
        settle: (how: string) => settled.push(how),
      }),
    } as unknown as AnyPolicy;
    const refused = wrap(gate, inner).tryAcquire();
    assert.equal(refused.ok || refused.strategy, 'circuitBreaker');
    assert.deepEqual(settled, ['ignored']);
  });
});

describe('a policy inside another', () => {
  it('is called by the names that there are', () => {
    const clock = manualClock();
    const named = (name: string) => policy({}, { clock, name });
    assert.equal(wrap(named(''), named('send')).name, 'send');
    assert.equal(wrap(named('gate'), named('')).name, 'gate');
    assert.equal(wrap(named(''), named('')).name, '');
  });

  it('is one that executes, and one that gives permits', () => {
    const whole = policy({});
    for (const part of [{ execute: fine }, { tryAcquire: () => {} }, {}]) {
      assert.throws(() => wrap(part as never, whole), OptionsError);
      assert.throws(() => wrap(whole, part as never), OptionsError);
    }
  });
});
