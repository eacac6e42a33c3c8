// Functions of the user's that throw, abort, or answer nonsense where the policy asks them.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import type { PolicyEvents } from '../../src/policy/events.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { manualClock } from '../../src/testing/index.ts';
import { Boom, boom, fine, given, of, onBothEngines, pending, settled } from '../support/given.ts';
import { assertNothingLeft, EVERYTHING, errorOf, withEverything } from './bad-days.ts';

const mine = new Boom('mine');
const throws = (): never => {
  throw mine;
};

function after<T>(act: () => void, value: T): T {
  act();
  return value;
}

/** Where a function stands, and an operation that makes the policy ask it. */
const ASKED: [string, PolicyOptions, () => Promise<unknown>][] = [
  ['isFailure of a result', { isFailure: throws }, fine],
  ['isFailure of an error', { isFailure: throws }, boom],
  ['isIgnored', { isIgnored: throws }, fine],
  ['timeout.attemptMs', { timeout: { attemptMs: throws } }, fine],
  ['retry.shouldRetry', { retry: { shouldRetry: throws } }, boom],
  ['retry.backoff', { retry: { backoff: throws } }, boom],
  ['retry.retryAfter', { retry: { retryAfter: throws } }, boom],
  ['circuitBreaker.openFor', { circuitBreaker: { consecutiveFailures: 1, openFor: throws } }, boom],
];

/** What is no duration. */
const NONSENSE = [Number.NaN, -1, '100', null, Number.POSITIVE_INFINITY] as unknown[];

onBothEngines('a function that throws', (engine) => {
  for (const [what, options, operation] of ASKED) {
    it(`as ${what} fails the call with its own error, and the outcome is ignored`, async () => {
      const scene = withEverything(engine, options);
      assert.equal(await errorOf(scene.guarded.execute(operation)), mine);
      assert.deepEqual(await scene.guarded.executeOutcome(operation), {
        ok: false,
        error: mine,
        rejected: false,
      });
      await assertNothingLeft(scene);
      assert.equal(scene.guarded.circuitBreaker?.state, 'closed');
      assert.equal(scene.guarded.errorBudget?.consumed, 0);
      assert.equal(scene.guarded.errorBudget?.allowedFailures, 0);
    });
  }

  it('as isFailure of a timeout does so too', async () => {
    const scene = withEverything(engine, { isFailure: throws });
    const slow = pending();
    const result = errorOf(scene.guarded.execute(slow.operation));
    await scene.clock.advance(1000);
    assert.equal(await result, mine);
    slow.resolve('late');
    await assertNothingLeft(scene);
  });

  it('as timeout.totalMs fails the call before it begins', async () => {
    const scene = withEverything(engine, { timeout: { totalMs: throws } });
    assert.equal(await errorOf(scene.guarded.execute(fine)), mine);
    assert.equal(scene.guarded.rateLimiter?.available, 1000);
    await assertNothingLeft(scene);
  });

  it('as a predicate gives its trial back', async () => {
    const scene = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
      isFailure: throws,
      timeout: { attemptMs: 1000 },
    });
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    for (let i = 0; i < 3; i++) assert.equal(await errorOf(scene.guarded.execute(boom)), mine);
    assert.equal(scene.guarded.circuitBreaker?.state, 'half-open');
    await assertNothingLeft(scene);
  });

  it('as the fallback fails the call with its own error', async () => {
    for (const fallback of [throws, async () => throws()]) {
      const scene = withEverything(engine, { fallback, retry: { maxRetries: 0 } });
      assert.equal(await errorOf(scene.guarded.execute(boom)), mine);
      assert.deepEqual(await scene.guarded.executeOutcome(boom), { ok: false, error: mine, rejected: false });
      assert.equal(of(scene, 'fallback').length, 2);
      await assertNothingLeft(scene);
    }
  });

  it('as the key of a coalesced call fails that call, and the next one is asked again', async () => {
    let asked = 0;
    const scene = withEverything(engine, { coalesce: { key: () => (asked++ === 0 ? throws() : 'key') } });
    assert.equal(await errorOf(scene.guarded.execute(fine)), mine);
    assert.equal(await scene.guarded.execute(fine), 'fine');
    await assertNothingLeft(scene);
  });

  it('as the backoff of an open time leaves the open time as it was', async () => {
    const scene = given(engine, {
      circuitBreaker: {
        consecutiveFailures: 1,
        halfOpen: { permits: 1 },
        openMs: (opening) => (opening === 1 ? 100 : throws()),
      },
    });
    await errorOf(scene.guarded.execute(boom));
    assert.equal(scene.guarded.circuitBreaker?.retryAfterMs, 100);
    await scene.clock.advance(100);
    await errorOf(scene.guarded.execute(boom));
    assert.equal(scene.guarded.circuitBreaker?.retryAfterMs, 100);
  });

  it('as a listener of any event changes no outcome, and the others still hear', async () => {
    const scene = withEverything(engine, {
      circuitBreaker: { consecutiveFailures: 2, openMs: 100 },
      fallback: () => 'instead',
    });
    const heard: string[] = [];
    for (const name of ['success', 'failure', 'retry', 'rejected', 'fallback', 'stateChange'] as const) {
      scene.guarded.on(name, throws);
      scene.guarded.on(name, () => heard.push(name));
    }
    assert.equal(await scene.guarded.execute(fine), 'fine');
    assert.equal(await scene.guarded.execute(boom), 'instead');
    assert.equal(await scene.guarded.execute(fine), 'instead');
    assert.equal(scene.guarded.circuitBreaker?.state, 'open');
    assert.deepEqual(heard, [
      'success',
      'retry',
      'stateChange',
      'failure',
      'fallback',
      'rejected',
      'fallback',
    ]);
    await assertNothingLeft(scene);
  });
});

onBothEngines('a function that answers nonsense', (engine) => {
  const { retry } = EVERYTHING;
  const asked: [string, (ms: never) => PolicyOptions][] = [
    ['retry.backoff', (ms) => ({ retry: { ...retry, backoff: () => ms } })],
    ['retry.retryAfter', (ms) => ({ retry: { ...retry, retryAfter: () => ms } })],
  ];
  for (const [path, options] of asked) {
    it(`as ${path} fails the call with a RangeError that names it`, async () => {
      for (const ms of NONSENSE) {
        const scene = withEverything(engine, options(ms as never));
        const error = await errorOf(scene.guarded.execute(boom));
        assert.ok(error instanceof RangeError, String(ms));
        assert.ok(error.message.startsWith(`${path}: `), error.message);
        await assertNothingLeft(scene);
      }
    });
  }

  it('as a timeout fails the call with a RangeError that names it; 0 and Infinity are none', async () => {
    for (const name of ['attemptMs', 'totalMs'] as const) {
      for (const ms of NONSENSE) {
        const scene = withEverything(engine, { timeout: { [name]: () => ms } });
        if (ms === Number.POSITIVE_INFINITY) assert.equal(await scene.guarded.execute(fine), 'fine');
        else {
          const error = await errorOf(scene.guarded.execute(fine));
          assert.ok(error instanceof RangeError && error.message.startsWith(`timeout.${name}: `));
        }
        await assertNothingLeft(scene);
      }
      const scene = withEverything(engine, { timeout: { [name]: () => 0 } });
      const slow = pending();
      const result = scene.guarded.execute(slow.operation);
      await scene.clock.advance(1e9);
      slow.resolve('in the end');
      assert.equal(await result, 'in the end');
    }
  });

  it('as openFor opens nothing', async () => {
    for (const ms of [...NONSENSE, undefined]) {
      const scene = given(engine, {
        circuitBreaker: { consecutiveFailures: 2, openFor: () => ms as number },
      });
      await errorOf(scene.guarded.execute(boom));
      assert.equal(scene.guarded.circuitBreaker?.state, 'closed');
    }
  });
});

onBothEngines('a function that aborts the call it is asked for', (engine) => {
  const reason = new Error('enough');
  const told: [string, (abort: () => void) => PolicyOptions, () => Promise<unknown>][] = [
    ['timeout.attemptMs', (abort) => ({ timeout: { attemptMs: () => after(abort, 100) } }), fine],
    ['isFailure', (abort) => ({ isFailure: () => after(abort, true) }), fine],
    ['retry.backoff', (abort) => ({ retry: { backoff: () => after(abort, 100) } }), boom],
    ['retry.retryAfter', (abort) => ({ retry: { retryAfter: () => after(abort, 0) } }), boom],
    ['retry.shouldRetry', (abort) => ({ retry: { shouldRetry: () => after(abort, true) } }), boom],
  ];
  for (const [what, options, operation] of told) {
    it(`as ${what} ends it at once, and nothing is left`, async () => {
      const controller = new AbortController();
      const scene = withEverything(
        engine,
        options(() => controller.abort(reason)),
      );
      let calls = 0;
      const counted = () => {
        calls++;
        return operation();
      };
      const call = scene.guarded.execute(counted, { signal: controller.signal });
      assert.deepEqual(await settled(call), { error: reason });
      assert.equal(calls, what === 'timeout.attemptMs' ? 0 : 1);
      await assertNothingLeft(scene);
    });
  }

  const listeners: [keyof PolicyEvents, PolicyOptions][] = [
    ['retry', {}],
    ['retry', { retry: { backoff: () => 50 } }],
    ['timeout', { timeout: { attemptMs: 10 } }],
    ['stateChange', { circuitBreaker: { consecutiveFailures: 1 } }],
    ['hedge', { hedge: { delayMs: 5 } }],
  ];
  for (const [name, options] of listeners) {
    it(`as a listener of ${name} (${Object.keys(options)}) ends it at once, and nothing is left`, async () => {
      const controller = new AbortController();
      const scene = withEverything(engine, options);
      scene.guarded.on(name, () => controller.abort(reason));
      const hangs = name === 'timeout' || name === 'hedge';
      const slow = [pending(), pending()];
      let calls = 0;
      const call = scene.guarded.execute(() => (hangs ? slow[calls++].operation() : boom()), {
        signal: controller.signal,
      });
      const seen = errorOf(call);
      await scene.clock.advance(10);
      assert.equal(await seen, reason);
      for (const { resolve } of slow) resolve('late');
      await assertNothingLeft(scene);
    });
  }

  it('as a listener of rejected ends its wait for another try', async () => {
    const controller = new AbortController();
    const scene = withEverything(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1 },
      retry: { onRejection: true, backoff: () => 1000 },
    });
    await scene.guarded.execute(fine);
    scene.guarded.on('rejected', () => controller.abort(reason));
    const call = scene.guarded.execute(fine, { signal: controller.signal });
    assert.deepEqual(await settled(call), { error: reason });
    await scene.clock.advance(5000);
    await assertNothingLeft(scene);
  });

  it('as a listener that hears the circuit turn half-open gives the trial back', async () => {
    const controller = new AbortController();
    const scene = withEverything(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
    });
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    scene.guarded.on('stateChange', () => controller.abort(reason), { once: true });
    let calls = 0;
    const call = scene.guarded.execute(async () => calls++, { signal: controller.signal });
    assert.deepEqual(await settled(call), { error: reason });
    assert.equal(calls, 0);
    await assertNothingLeft(scene);
    assert.equal(await scene.guarded.execute(fine), 'fine');
    assert.equal(scene.guarded.circuitBreaker?.state, 'closed');
  });
});

onBothEngines('chaos', (engine) => {
  const chaotic = (chaos: PolicyOptions['chaos'], options: PolicyOptions = EVERYTHING) => {
    const clock = manualClock();
    const holdfast = createHoldfast({ clock, engine, policies: { send: { ...options, chaos } } });
    holdfast.chaos.enable();
    const guarded = holdfast.policy('send');
    const look = async () => {
      await clock.advance(0);
      holdfast.chaos.disable();
      await clock.advance(0);
      const { bulkhead } = guarded;
      assert.deepEqual(
        [bulkhead?.active, bulkhead?.queued, bulkhead?.abandoned, clock.pending],
        [0, 0, 0, 0],
      );
    };
    return { clock, guarded, look, holdfast };
  };

  it('whose condition throws fails the call with that, and counts nothing', async () => {
    const { guarded, look } = chaotic({ error: { rate: 1 }, when: throws });
    assert.equal(await errorOf(guarded.execute(fine)), mine);
    assert.equal(guarded.circuitBreaker?.counts.total, 0);
    await look();
  });

  it('whose error cannot be made fails with what was thrown instead', async () => {
    const { guarded, look } = chaotic({ error: { rate: 1, create: throws } });
    assert.equal(await errorOf(guarded.execute(fine)), mine);
    await look();
  });

  it('whose condition aborts the call runs nothing', async () => {
    for (const kind of [{ latency: { rate: 1, minMs: 5, maxMs: 5 } }, { timeout: { rate: 1 } }, {}]) {
      const controller = new AbortController();
      const { guarded, look } = chaotic({
        ...kind,
        error: { rate: 0 },
        when: () => after(() => controller.abort(mine), true),
      });
      let calls = 0;
      const call = guarded.execute(async () => calls++, { signal: controller.signal });
      assert.deepEqual(await settled(call), { error: mine });
      assert.equal(calls, 0);
      await look();
    }
  });

  it('whose delay is not waited for leaves no timer behind, and the operation never runs', async () => {
    const { guarded, clock, look } = chaotic({ latency: { rate: 1, minMs: 1e6, maxMs: 1e6 } });
    let calls = 0;
    const controller = new AbortController();
    const aborted = guarded.execute(async () => calls++, { signal: controller.signal });
    controller.abort(mine);
    assert.deepEqual(await settled(aborted), { error: mine });
    const late = errorOf(guarded.execute(async () => calls++));
    await clock.advance(2001);
    assert.equal(((await late) as { code: string }).code, 'HF_TIMEOUT');
    assert.equal(calls, 0);
    await look();
  });
});
