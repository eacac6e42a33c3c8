import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CircuitOpenError,
  DrainingError,
  OptionsError,
  RateLimitedError,
  TimeoutError,
} from '../../src/base/errors.ts';
import { createHoldfast } from '../../src/index.ts';
import { Call } from '../../src/policy/call.ts';
import { policy } from '../../src/policy/make-policy.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import type { CallContext } from '../../src/policy/types.ts';
import { wrap } from '../../src/policy/wrap.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import { Boom, boom, failing, fine, settled } from '../support/given.ts';

function given(outside: PolicyOptions, inside: PolicyOptions) {
  const clock = manualClock();
  const outer = policy(outside, { clock, name: 'gate' });
  const inner = policy(inside, { clock, name: 'send' });
  return { clock, outer, inner, both: wrap(outer, inner) };
}

const BREAKER: PolicyOptions = { circuitBreaker: { consecutiveFailures: 2, openMs: 1_000 } };
const RETRY: PolicyOptions = { retry: { maxRetries: 2, backoff: () => 10 } };

describe('a policy inside another', () => {
  it('gives what the operation gives, and throws what it throws', async () => {
    const { both } = given(BREAKER, BREAKER);
    const error = new Error('mine');
    assert.equal(await both.execute(fine), 'fine');
    await assert.rejects(
      both.execute(() => Promise.reject(error)),
      (thrown) => thrown === error,
    );
    assert.equal(both.name, 'gate > send');
  });

  it('is asked once for each attempt of the outer one', async () => {
    const { clock, inner, outer, both } = given(RETRY, BREAKER);
    const operation = failing(1);
    const answer = both.execute(operation);
    await clock.advance(10);
    assert.equal(await answer, 'done');
    assert.equal(inner.circuitBreaker?.counts.total, 2);
    assert.equal(outer.circuitBreaker, undefined);
  });

  it('makes an order that one policy cannot have: a breaker around all attempts', async () => {
    const { clock, outer, both } = given(BREAKER, RETRY);
    const answer = both.executeOutcome(boom);
    await clock.advance(20);
    const outcome = await answer;
    assert.ok(!outcome.ok && outcome.error instanceof Boom && !outcome.rejected);
    assert.equal(outer.circuitBreaker?.counts.failures, 1, 'three attempts, one failure');
  });

  it('refuses as the outer one does, then as the inner one does, and neither counts as a failure', async () => {
    const { outer, inner, both } = given(BREAKER, { rateLimiter: { permitsPerSecond: 1, burst: 1 } });
    await both.execute(fine);
    const refused = await both.executeOutcome(fine);
    assert.ok(!refused.ok && refused.error instanceof RateLimitedError);
    assert.equal(refused.rejected, true);
    await assert.rejects(both.execute(fine), RateLimitedError);
    assert.equal(outer.circuitBreaker?.counts.failures, 0);
    outer.circuitBreaker?.open();
    const closed = await both.executeOutcome(fine);
    assert.ok(!closed.ok && closed.error instanceof CircuitOpenError && closed.rejected);
    assert.equal(inner.rateLimiter?.available, 0);
  });

  it('is not called refused when its operation ran, or when that met a refusal of its own', async () => {
    const { clock, both } = given(RETRY, { rateLimiter: { permitsPerSecond: 0.001, burst: 1 } });
    const answer = both.executeOutcome(boom);
    await clock.advance(30);
    const outcome = await answer;
    assert.ok(!outcome.ok);
    assert.equal(outcome.rejected, false);
    const elsewhere = new RateLimitedError();
    const relayed = await given({}, {}).both.executeOutcome(() => Promise.reject(elsewhere));
    assert.deepEqual({ ...relayed }, { ok: false, error: elsewhere, rejected: false });
  });

  it('is not called refused when a fallback had the last word', async () => {
    const error = new Error('no better');
    const { both } = given(
      {
        fallback: () => {
          throw error;
        },
      },
      { rateLimiter: { permitsPerSecond: 0.001, burst: 1 } },
    );
    await both.execute(fine);
    assert.deepEqual({ ...(await both.executeOutcome(fine)) }, { ok: false, error, rejected: false });
  });

  it('aborts the operation when the outer one times out, and when the caller leaves', async () => {
    const { clock, both } = given({ timeout: { attemptMs: 50 } }, BREAKER);
    const up = upstream();
    const timedOut = assert.rejects(both.execute(up.operation), TimeoutError);
    await clock.advance(50);
    const late = await up.next();
    await timedOut;
    assert.equal(late.aborted, true);
    const controller = new AbortController();
    const left = both.execute(up.operation, { signal: controller.signal });
    const call = await up.next();
    controller.abort(new Error('enough'));
    await assert.rejects(left, /enough/);
    assert.equal(call.aborted, true);
    assert.equal(clock.pending, 0);
  });

  it('limits the whole call by timeoutMs', async () => {
    const { clock, both } = given(RETRY, {});
    const answer = both.executeOutcome(() => new Promise(() => {}), { timeoutMs: 70 });
    await clock.advance(70);
    const outcome = await answer;
    assert.ok(!outcome.ok && outcome.error instanceof TimeoutError && outcome.error.scope === 'total');
    assert.equal(outcome.error.policy, 'gate');
  });

  it('tells the operation of the nearest timeout, and is a parent for its calls', async () => {
    const told: CallContext[] = [];
    const tell = async (context: CallContext) => void told.push(context);
    for (const [outsideMs, insideMs] of [
      [100, 30],
      [30, 100],
    ]) {
      const { both } = given({ timeout: { attemptMs: outsideMs } }, { timeout: { attemptMs: insideMs } });
      await both.execute((context) => {
        assert.equal(context.remainingMs, 30);
        return tell(context);
      });
    }
    for (const context of told) {
      assert.deepEqual([context.policy, context.attempt, context.signal.aborted], ['send', 1, false]);
      const { call } = context as { call?: unknown };
      assert.ok(call instanceof Call);
      assert.equal(call.answered, true);
    }
  });

  it('hands key, permits and priority to both', async () => {
    const keyed: PolicyOptions = { rateLimiter: { permitsPerSecond: 1, burst: 5, perKey: { maxKeys: 5 } } };
    const { outer, inner, both } = given(keyed, { rateLimiter: { permitsPerSecond: 1, burst: 5 } });
    await both.execute(fine, { key: 'a', permits: 3 });
    assert.equal(inner.rateLimiter?.available, 2);
    assert.equal(outer.tryAcquire({ key: 'a', permits: 3 }).ok, false);
    await assert.rejects(both.execute(fine), TypeError);
    await assert.rejects(both.execute(undefined as never), TypeError);
    const misuse = await both.executeOutcome(fine, { key: 'b', permits: Number.NaN });
    assert.ok(!misuse.ok && misuse.error instanceof RangeError && !misuse.rejected);
    const none = await both.executeOutcome(5 as never);
    assert.ok(!none.ok && none.error instanceof TypeError);
  });

  it('can be wrapped again', async () => {
    const { both, outer, inner } = given(BREAKER, BREAKER);
    const third = policy({ bulkhead: { maxConcurrent: 1 } }, { name: 'slot' });
    const all = wrap(both, third);
    assert.equal(all.name, 'gate > send > slot');
    assert.equal(await all.execute(fine), 'fine');
    const permit = all.tryAcquire();
    assert.ok(permit.ok);
    assert.equal(third.bulkhead?.active, 1);
    assert.equal(all.tryAcquire().ok, false);
    permit.settle('failure');
    assert.deepEqual(
      [outer, inner].map(({ circuitBreaker }) => circuitBreaker?.counts.failures),
      [1, 1],
    );
    assert.equal(third.bulkhead?.active, 0);
  });

  it('is made of policies', () => {
    const { outer } = given({}, {});
    for (const [one, other, path] of [
      [undefined, outer, 'wrap.outer'],
      [outer, {}, 'wrap.inner'],
      [outer, fine, 'wrap.inner'],
    ] as const) {
      assert.throws(
        () => wrap(one as never, other as never),
        (error) => error instanceof OptionsError && error.path === path,
      );
    }
  });
});

describe('one permit for two policies', () => {
  const LIMITED: PolicyOptions = {
    circuitBreaker: { consecutiveFailures: 2, halfOpen: { permits: 1 }, openMs: 1_000 },
    rateLimiter: { permitsPerSecond: 0.001, burst: 10 },
    bulkhead: { maxConcurrent: 5 },
  };

  it('is settled in both, once', () => {
    const { outer, inner, both } = given(LIMITED, LIMITED);
    const permit = both.tryAcquire();
    assert.ok(permit.ok);
    assert.throws(() => permit.settle('maybe' as never), TypeError);
    permit.settle('failure');
    permit.settle('failure');
    for (const { circuitBreaker, bulkhead } of [outer, inner]) {
      assert.equal(circuitBreaker?.counts.failures, 1);
      assert.equal(bulkhead?.active, 0);
    }
    {
      using unused = both.tryAcquire() as Disposable;
      assert.ok(unused);
      assert.equal(outer.bulkhead?.active, 1);
    }
    assert.equal(outer.bulkhead?.active, 0);
  });

  it('gives everything back that the outer one gave, when the inner one refuses', async () => {
    const { outer, inner, both, clock } = given(LIMITED, { bulkhead: { maxConcurrent: 1 } });
    for (let failure = 0; failure < 2; failure++) await outer.executeOutcome(boom);
    await clock.advance(1_000);
    const tokens = outer.rateLimiter?.available;
    const held = inner.tryAcquire();
    assert.ok(held.ok);
    for (let times = 0; times < 3; times++) {
      const refusal = both.tryAcquire({ permits: 2 });
      assert.ok(!refusal.ok && refusal.strategy === 'bulkhead');
    }
    assert.equal(outer.bulkhead?.active, 0);
    assert.equal(outer.rateLimiter?.available, tokens);
    held.settle('ignored');
    const trial = both.tryAcquire();
    assert.ok(trial.ok, 'the one trial is free');
  });

  it('gives back through wraps, and to the key that paid', () => {
    const clock = manualClock();
    const keyed = policy(
      { rateLimiter: { permitsPerSecond: 1, burst: 2, perKey: { maxKeys: 9 } } },
      { clock },
    );
    const plain = policy({ rateLimiter: { permitsPerSecond: 1, burst: 2 } }, { clock });
    const shut = policy(BREAKER, { clock });
    shut.circuitBreaker?.isolate();
    const both = wrap(wrap(keyed, plain), shut);
    for (let times = 0; times < 5; times++) assert.equal(both.tryAcquire({ key: 'a', permits: 2 }).ok, false);
    assert.equal(plain.rateLimiter?.available, 2);
    assert.equal(keyed.tryAcquire({ key: 'a', permits: 2 }).ok, true);
  });

  it('gives back when the inner one finds the call misused', () => {
    const { outer, both } = given(
      { rateLimiter: { permitsPerSecond: 1, burst: 9 } },
      { rateLimiter: { permitsPerSecond: 1, burst: 2 } },
    );
    assert.throws(() => both.tryAcquire({ permits: 5 }), RangeError);
    assert.equal(outer.rateLimiter?.available, 9);
  });

  it('waits at each as configured, and gives back what it held when the caller leaves', async () => {
    const { clock, outer, inner, both } = given(
      { rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 1_000 }, bulkhead: { maxConcurrent: 3 } },
      { bulkhead: { maxConcurrent: 1, maxQueue: 5 } },
    );
    const first = await both.acquire();
    const controller = new AbortController();
    const second = both.acquire({ signal: controller.signal });
    assert.equal(await settled(second), 'pending');
    await clock.advance(100);
    assert.equal(inner.bulkhead?.queued, 1);
    controller.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    assert.equal(outer.bulkhead?.active, 1);
    assert.equal(outer.rateLimiter?.available, 1);
    first.settle('success');
    assert.equal(inner.bulkhead?.active, 0);
  });

  it('gives the key back that paid, whichever was used meanwhile', async () => {
    const { outer, inner, both } = given(
      { rateLimiter: { permitsPerSecond: 0.001, burst: 2, perKey: { maxKeys: 9 } } },
      { bulkhead: { maxConcurrent: 1, maxQueue: 5 } },
    );
    const held = inner.tryAcquire();
    const controller = new AbortController();
    const waiting = both.acquire({ key: 'a', permits: 2, signal: controller.signal });
    assert.equal(await settled(waiting), 'pending');
    outer.tryAcquire({ key: 'b', permits: 2 });
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    assert.equal(outer.tryAcquire({ key: 'b' }).ok, false);
    assert.equal(outer.tryAcquire({ key: 'a', permits: 2 }).ok, true);
    assert.ok(held.ok);
  });
});

describe('a wrapped policy of a runtime', () => {
  it('goes on inside while the runtime drains, for a call that was admitted outside', async () => {
    const clock = manualClock();
    const holdfast = createHoldfast({ clock, policies: { gate: RETRY, send: BREAKER } });
    await holdfast.start();
    const both = wrap(holdfast.policy('gate'), holdfast.policy('send'));
    const answer = both.execute(failing(1));
    await clock.advance(0);
    const stopped = holdfast.stop({ drainMs: 1_000 });
    await assert.rejects(both.execute(fine), DrainingError);
    await clock.advance(10);
    assert.equal(await answer, 'done');
    await stopped;
  });
});

describe('listening to a wrapped policy', () => {
  it('hears the events of both, each with whose it is', async () => {
    const { both, inner } = given({}, BREAKER);
    const heard: string[] = [];
    const subscription = both.on('success', ({ policy: name }) => heard.push(name));
    await both.execute(fine);
    assert.deepEqual(heard, ['send', 'gate']);
    subscription.dispose();
    await both.execute(fine);
    assert.equal(heard.length, 2);
    const changes: string[] = [];
    both.on('stateChange', ({ to }) => changes.push(to));
    inner.circuitBreaker?.open();
    assert.deepEqual(changes, ['open']);
  });

  it('hears once when it is told to, until it is aborted or disposed of', async () => {
    const { both } = given({}, {});
    const heard: string[] = [];
    const controller = new AbortController();
    both.on('success', () => heard.push('once'), { once: true });
    both.on('success', () => heard.push('until aborted'), { signal: controller.signal });
    both.on('success', () => heard.push('until disposed of'));
    await both.execute(fine);
    assert.deepEqual(heard.splice(0).sort(), [
      'once',
      'until aborted',
      'until aborted',
      'until disposed of',
      'until disposed of',
    ]);
    controller.abort();
    await both.execute(fine);
    assert.deepEqual(heard.splice(0), ['until disposed of', 'until disposed of']);
    both.dispose();
    assert.equal(await both.execute(fine), 'fine', "the policies are their owners'");
    assert.deepEqual(heard, []);
  });
});
