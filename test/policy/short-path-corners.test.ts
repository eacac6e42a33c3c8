// What an operation gives back where nothing but its outcome is to be counted.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type PolicyOptions, policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('an operation that answers at once', (engine) => {
  it('has given back what it held before the next line, though its answer is null', async () => {
    const { bulkhead, ...guarded } = held({ bulkhead: { maxConcurrent: 1 } });
    for (const value of [null, undefined, 'text']) {
      const result = guarded.execute(() => value);
      assert.equal(bulkhead?.active, 0);
      assert.equal(await result, value);
    }
  });

  it('fails where what it gave fails later, though that is a function', async () => {
    const broken = new Error('later');
    const then = (_resolve: unknown, reject: (error: unknown) => void) => reject(broken);
    const ONE = { circuitBreaker: { consecutiveFailures: 1 } };
    for (const shape of [ONE, { ...ONE, bulkhead: { maxConcurrent: 1 } }]) {
      const { circuitBreaker, ...guarded } = held(shape);
      const promised = Object.assign(() => {}, { then });
      assert.equal(await errorOf(guarded.execute(() => promised as never)), broken);
      assert.equal(circuitBreaker?.state, 'open');
    }
  });

  function held(options: PolicyOptions) {
    const made = policy(options, { clock: manualClock({ startMs: 36_000_000 }), engine });
    const { bulkhead, circuitBreaker } = made;
    const execute = <T>(operation: () => T) => made.execute(operation as () => never) as Promise<T>;
    return { bulkhead, circuitBreaker, execute };
  }
});
