// Operations on their bad days: nothing leaks, nothing hangs, the caller gets its own error.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CallContext, Operation } from '../../src/policy/types.ts';
import { Boom, fine, given, of, onBothEngines, pending, settled } from '../support/given.ts';
import { assertNothingLeft, errorOf, withEverything } from './bad-days.ts';

const thrown = new Boom('thrown');

/** Things that are no promises and behave like none. `never`, where the operation never answers. */
const THENABLES: [string, () => unknown, { ok: unknown } | { error: unknown }][] = [
  [
    'whose then throws when it is read',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tried here
      get then() {
        throw thrown;
      },
    }),
    { error: thrown },
  ],
  [
    'whose then can be read once',
    () => {
      let reads = 0;
      return {
        // biome-ignore lint/suspicious/noThenProperty: what is tried here
        get then() {
          if (reads++ > 0) throw thrown;
          return (resolve: (value: unknown) => void) => resolve('first');
        },
      };
    },
    { ok: 'first' },
  ],
  [
    'that throws when it is asked',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tried here
      then() {
        throw thrown;
      },
    }),
    { error: thrown },
  ],
  [
    'that answers and then throws',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tried here
      then(resolve: (value: string) => void) {
        resolve('answer');
        throw thrown;
      },
    }),
    { ok: 'answer' },
  ],
  [
    'that answers both ways',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tried here
      then(resolve: (value: string) => void, reject: (error: unknown) => void) {
        resolve('answer');
        reject(thrown);
        resolve('again');
      },
    }),
    { ok: 'answer' },
  ],
  [
    'that answers with one that fails',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tried here
      then(resolve: (value: unknown) => void) {
        resolve(Promise.reject(thrown));
      },
    }),
    { error: thrown },
  ],
];

onBothEngines('an operation', (engine) => {
  for (const [what, make, expected] of THENABLES) {
    it(`may give a thenable ${what}`, async () => {
      const scene = withEverything(engine, { retry: { maxRetries: 0 } });
      assert.deepEqual(await settled(scene.guarded.execute(make as never)), expected);
      const { counts } = scene.guarded.circuitBreaker as { counts: { total: number; failures: number } };
      assert.deepEqual([counts.total, counts.failures], [1, 'error' in expected ? 1 : 0]);
      await assertNothingLeft(scene);
      const bare = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
      assert.deepEqual(await settled(bare.guarded.execute(make as never)), expected);
      assert.equal(bare.guarded.circuitBreaker?.state, 'error' in expected ? 'open' : 'closed');
    });
  }

  const rejections: [string, Operation<never>, unknown][] = [
    [
      'throws synchronously',
      () => {
        throw thrown;
      },
      thrown,
    ],
    ['rejects with undefined', () => Promise.reject(undefined), undefined],
    ['rejects with null', () => Promise.reject(null), null],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
      undefined,
    ],
    ['rejects with a frozen object', () => Promise.reject(Object.freeze({ odd: true })), { odd: true }],
  ];
  for (const [what, operation, error] of rejections) {
    it(`that ${what} fails with just that`, async () => {
      const scene = withEverything(engine);
      assert.deepEqual(await errorOf(scene.guarded.execute(operation)), error);
      assert.deepEqual(await scene.guarded.executeOutcome(operation), { ok: false, error, rejected: false });
      assert.equal(of(scene, 'failure').length, 2);
      assert.equal(of(scene, 'retry').length, 2);
      assert.equal(scene.guarded.circuitBreaker?.counts.failures, 4);
      await assertNothingLeft(scene);
    });
  }

  it('that never settles is answered by the timeout, and holds nothing but its slot', async () => {
    const scene = withEverything(engine, { retry: { maxRetries: 0 } });
    const result = errorOf(scene.guarded.execute(() => new Promise(() => {})));
    await scene.clock.advance(1000);
    assert.equal(((await result) as { code: string }).code, 'HF_TIMEOUT');
    assert.deepEqual(
      [scene.guarded.bulkhead?.active, scene.guarded.bulkhead?.abandoned, scene.clock.pending],
      [1, 1, 0],
    );
  });

  it('that calls back into its own policy is a call of its own', async () => {
    const scene = withEverything(engine);
    const { guarded } = scene;
    const inner = await guarded.execute(async () => guarded.execute(() => 'inner'));
    assert.equal(inner, 'inner');
    // Three deep there is no slot, and the innermost waits in line until its time is over.
    const deep = guarded.execute(() => guarded.execute(() => guarded.execute(fine)), { timeoutMs: 500 });
    const seen = errorOf(deep);
    await scene.clock.advance(500);
    assert.equal(((await seen) as { scope: string }).scope, 'total');
    await scene.clock.advance(20_000);
    await assertNothingLeft(scene);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('that aborts itself ends its call at once, and gives its slot back when it ends', async () => {
    const scene = withEverything(engine);
    const reason = new Error('I have had enough');
    for (const how of ['throws', 'returns', 'rejects later'] as const) {
      const controller = new AbortController();
      const late = pending();
      let context: CallContext | undefined;
      const call = scene.guarded.execute(
        (own) => {
          context = own;
          controller.abort(reason);
          assert.equal(own.signal.reason, reason);
          if (how === 'throws') throw thrown;
          return how === 'returns' ? 'too late' : late.operation();
        },
        { signal: controller.signal },
      );
      assert.deepEqual(await settled(call), { error: reason }, how);
      assert.equal(context?.signal.aborted, true);
      late.reject(thrown);
      await assertNothingLeft(scene);
    }
    assert.equal(scene.guarded.circuitBreaker?.counts.total, 0);
    assert.equal(scene.guarded.errorBudget?.consumed, 0);
    assert.deepEqual(of(scene, 'retry'), []);
  });

  it('that aborts itself as a trial gives the trial back', async () => {
    const scene = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
    });
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    const controller = new AbortController();
    const abort = () => controller.abort(thrown);
    assert.equal(await errorOf(scene.guarded.execute(abort, { signal: controller.signal })), thrown);
    assert.equal(scene.guarded.circuitBreaker?.state, 'half-open');
    assert.equal(await scene.guarded.execute(fine), 'fine');
    assert.equal(scene.guarded.circuitBreaker?.state, 'closed');
  });

  it('is not begun when the signal is aborted already', async () => {
    const scene = withEverything(engine);
    const signal = AbortSignal.abort(thrown);
    let begun = 0;
    const begin = () => begun++;
    assert.equal(await errorOf(scene.guarded.execute(begin, { signal })), thrown);
    assert.equal(await errorOf(scene.guarded.acquire({ signal })), thrown);
    const outcome = await scene.guarded.executeOutcome(begin, { signal });
    assert.deepEqual(outcome, { ok: false, error: thrown, rejected: false });
    assert.equal(begun, 0);
    assert.equal(scene.guarded.rateLimiter?.available, 1000);
    assert.deepEqual(scene.told, []);
    await assertNothingLeft(scene);
  });

  it('that settles after its timeout changes nothing any more', async () => {
    const scene = withEverything(engine, { retry: { maxRetries: 0 } });
    const late = [pending(), pending()];
    const calls = late.map(({ operation }) => errorOf(scene.guarded.execute(operation)));
    await scene.clock.advance(1000);
    await Promise.all(calls);
    const before = scene.told.length;
    late[0].resolve('late');
    late[1].reject(thrown);
    await assertNothingLeft(scene);
    assert.equal(scene.told.length, before);
    assert.equal(scene.guarded.circuitBreaker?.counts.total, 2);
  });

  it('may fail a hundred thousand times without a pause between', async () => {
    const { guarded } = given(engine, {
      retry: { maxRetries: Number.POSITIVE_INFINITY, maxElapsedMs: 1e9, backoff: () => 0 },
    });
    let calls = 0;
    const done = await guarded.execute(() => {
      if (++calls < 100_000) throw thrown;
      return 'done';
    });
    assert.deepEqual([done, calls], ['done', 100_000]);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const scene = withEverything(engine);
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for (let i = 0; i < 20; i++) {
      await scene.guarded.execute(fine, { signal });
      await errorOf(scene.guarded.execute(() => Promise.reject(thrown), { signal }));
    }
    await scene.clock.advance(0);
    assert.equal(listeners, 0);
    await assertNothingLeft(scene);
  });
});
