// What an operation may answer with on the short path: whatever `await` takes, and as `await` takes it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { boom, fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

class Marked<T> extends Promise<T> {}

/** On the shortest path, on the one with a clock, and on the one with a record. */
const PATHS: PolicyOptions[] = [
  { circuitBreaker: { consecutiveFailures: 9 } },
  { circuitBreaker: { consecutiveFailures: 9 }, bulkhead: { maxConcurrent: 1 } },
  { circuitBreaker: { consecutiveFailures: 9 }, timeout: { attemptMs: 1_000 } },
];

const callable = () => 'not called';
/** What looks like a promise in every way, and is none to the engine. */
const view = (promise: Promise<unknown>) =>
  new Proxy(promise, {
    get: (target, name) => (name === 'then' ? target.then.bind(target) : Reflect.get(target, name)),
  });
/** Of the class’s prototype, with a `then` of its own. */
const lookalike = () =>
  Object.assign(
    Object.create(Promise.prototype),
    thenable((resolve) => resolve('alike')),
  );
const FINE: [string, () => unknown, unknown][] = [
  ['a promise', () => Promise.resolve('kept'), 'kept'],
  ['a promise of another class', () => Marked.resolve('marked'), 'marked'],
  ['a thenable', () => thenable((resolve) => resolve('then')), 'then'],
  ['a view of a promise', () => view(Promise.resolve('seen')), 'seen'],
  ['a lookalike with a then of its own', lookalike, 'alike'],
  ['a function', () => callable, callable],
  ['nothing', () => undefined, undefined],
  ['null', () => null, null],
];
const BAD: [string, () => unknown, RegExp][] = [
  ['a promise that is rejected', () => Promise.reject(new Error('later')), /later/],
  ['a throw', boomAtOnce, /at once/],
  ['a view of a promise that is rejected', () => view(Promise.reject(new Error('behind'))), /behind/],
  ['a thenable that rejects', () => thenable((_, reject) => reject(new Error('told'))), /told/],
  ['a promise whose class cannot be read', unreadable, /no class/],
  [
    'what only looks like a promise',
    () => Object.create(Promise.prototype),
    /incompatible|not a Promise|receiver|object/i,
  ],
];

function thenable(
  then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
): unknown {
  return Object.fromEntries([['then', then]]);
}

function boomAtOnce(): never {
  throw new Error('at once');
}

function unreadable(): unknown {
  return Object.defineProperty(Promise.resolve(1), 'constructor', {
    get: () => {
      throw new Error('no class');
    },
  });
}

onBothEngines('an operation that answers in its own way', (engine) => {
  for (const options of PATHS) {
    const path = Object.keys(options).join(', ');
    for (const [name, answer, wanted] of FINE) {
      it(`${path}: ${name} is a success`, async () => {
        const { guarded } = given(engine, options);
        await guarded.execute(boom).catch(() => {});
        const answered = guarded.execute(answer as never);
        assert.equal(answered.constructor, Promise);
        assert.equal(await answered, wanted);
        assert.equal(guarded.circuitBreaker?.state, 'closed');
        // The success has ended the row.
        for (let call = 0; call < 8; call++) await guarded.execute(boom).catch(() => {});
        assert.equal(guarded.circuitBreaker?.state, 'closed');
      });
    }
    for (const [name, answer, wanted] of BAD) {
      it(`${path}: ${name} is a failure`, async () => {
        const { guarded } = given(engine, options);
        for (let call = 0; call < 8; call++) await guarded.execute(boom).catch(() => {});
        assert.match(String(await errorOf(guarded.execute(answer as never))), wanted);
        assert.equal(guarded.circuitBreaker?.state, 'open');
      });
    }
  }

  it('is not asked for a promise’s own then, which await does not ask either', async () => {
    const { guarded } = given(engine, PATHS[0]);
    const own = Object.assign(Promise.resolve('engine'), {
      // biome-ignore lint/suspicious/noThenProperty: what a patched promise looks like
      then: () => assert.fail('asked'),
    });
    assert.equal(await guarded.execute((() => own) as never), 'engine');
  });
});

onBothEngines('a call without a record', (engine) => {
  it('keeps a slot until the operation behind a view of its promise has ended', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 }, retry: { maxRetries: 1 } });
    let end = (_: unknown): void => {};
    let runs = 0;
    const result = guarded.execute((() => {
      runs++;
      return view(
        new Promise((resolve) => {
          end = resolve;
        }),
      );
    }) as never);
    await Promise.resolve();
    assert.equal(guarded.bulkhead?.active, 1);
    end('ended');
    assert.equal(await result, 'ended');
    assert.equal(runs, 1);
    assert.equal(guarded.bulkhead?.active, 0);
  });
});

onBothEngines('a breaker on the shortest path', (engine) => {
  const given9 = () => given(engine, { circuitBreaker: { consecutiveFailures: 2, openMs: 1_000 } });

  it('counts a failure of before it was opened and closed for nothing', async () => {
    const { guarded } = given9();
    let fail = (_: Error): void => {};
    const late = guarded.execute(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    guarded.circuitBreaker?.open();
    guarded.circuitBreaker?.close();
    await guarded.execute(fine);
    await guarded.execute(boom).catch(() => {});
    fail(new Error('late'));
    assert.match(String(await errorOf(late)), /late/);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    await guarded.execute(boom).catch(() => {});
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });

  it('lets nothing through once it is isolated, and everything once it is not', async () => {
    const { guarded } = given9();
    await guarded.execute(fine);
    const release = guarded.circuitBreaker?.isolate();
    assert.equal((await guarded.executeOutcome(fine)).ok, false);
    assert.match(String(await errorOf(guarded.execute(fine))), /isolated/);
    release?.();
    assert.equal(await guarded.execute(fine), await fine());
  });
});
