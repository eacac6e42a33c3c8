// An operation's promise is followed itself: the answer comes as soon as with a bare `then`, and once.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

/** A promise that is settled from outside. */
function promised() {
  let resolve = (_: string): void => {};
  let reject = (_: Error): void => {};
  const promise = new Promise<string>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

const throws = (error: unknown): never => {
  throw error;
};
const broken = new Error('no judge');

/** Settles whoever follows it twice, and at once. */
class Twice extends Promise<string> {
  static override get [Symbol.species]() {
    return Promise;
  }
  // biome-ignore lint/suspicious/noThenProperty: what a promise of another make may do
  override then(fulfilled: unknown): never {
    const tell = fulfilled as (value: string) => void;
    tell('one');
    tell('two');
    return undefined as never;
  }
}

onBothEngines('a call without a record', (engine) => {
  const circuitBreaker = { consecutiveFailures: 9 };

  it('that might be tried again succeeds no later than its operation’s promise followed by hand', async () => {
    const { guarded } = given(engine, { circuitBreaker, retry: { maxRetries: 1 } });
    const { promise, resolve } = promised();
    const log: string[] = [];
    const call = guarded.execute(() => promise).then(() => log.push('call'));
    const bare = promise.then((value) => value).then(() => log.push('bare'));
    resolve('done');
    await Promise.all([call, bare]);
    assert.deepEqual(log, ['call', 'bare']);
  });

  it('that is not tried again fails no later than its operation’s promise followed by hand', async () => {
    const { guarded } = given(engine, { circuitBreaker, bulkhead: { maxConcurrent: 2 } });
    const { promise, reject } = promised();
    const log: string[] = [];
    const call = guarded.execute(() => promise).catch(() => log.push('call'));
    const bare = promise.catch(throws).catch(() => log.push('bare'));
    reject(new Error('x'));
    await Promise.all([call, bare]);
    assert.deepEqual(log, ['call', 'bare']);
  });
});

onBothEngines('a call with a timeout', (engine) => {
  const timeout = { attemptMs: 1_000 };

  it('has its answer before whoever follows the same promise after it can abort it', async () => {
    const { guarded } = given(engine, { timeout });
    const { promise, resolve } = promised();
    const caller = new AbortController();
    const call = guarded.execute(() => promise, { signal: caller.signal });
    const aborted = promise.then(() => caller.abort());
    resolve('done');
    assert.equal(await call, 'done');
    await aborted;
    assert.equal(caller.signal.aborted, true);
  });

  it('gives its slot back once to a promise that says twice that it is kept', async () => {
    const twice = (() => new Twice((resolve) => resolve('x'))) as () => Promise<string>;
    const judged: PolicyOptions = { isFailure: () => throws(broken) };
    for (const [options, answer] of [
      [{}, 'one'],
      [judged, broken],
    ] as const) {
      const { guarded } = given(engine, { timeout, bulkhead: { maxConcurrent: 2 }, ...options });
      const call = guarded.execute(twice);
      assert.equal(answer === 'one' ? await call : await errorOf(call), answer);
      assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.abandoned], [0, 0]);
    }
  });
});
