// A thread was declared dead while an operation of its ran, and went on: what it had held was returned, and when the
// policy was removed another one could have its place. The operation's end was then counted there, as an ignored call of
// the other policy's breaker and an accepted one of its throttle. What ends late returns what is held, and says no more.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';
import { onBothEngines, pending } from '../support/given.ts';

onBothEngines('an operation that ends in a thread that was declared dead', (engine) => {
  it('is not counted in the policy that has the place of its own by then', async () => {
    const holdfast = createHoldfast({ engine, memory: { policies: 1, threads: 2, keys: 0 } });
    const worker = new EventTarget();
    const joined = attach(holdfast.share(worker));
    const options = { circuitBreaker: { window: { calls: 10 } }, bulkhead: { maxConcurrent: 2 } };
    holdfast.define('send', options);
    const slow = pending();
    const running = joined.policy('send').execute(slow.operation);
    worker.dispatchEvent(new Event('exit'));
    holdfast.remove('send');
    const next = holdfast.define('next', options);
    slow.resolve('done');
    assert.equal(await running, 'done');
    const { total, ignored } = next.circuitBreaker?.counts ?? {};
    assert.deepEqual([total, ignored, next.bulkhead?.active], [0, 0, 0]);
  });

  it('is not counted there either where it was a trial, and the other breaker is at the same one', () => {
    const holdfast = createHoldfast({ engine, memory: { policies: 1, threads: 2, keys: 0 } });
    const worker = new EventTarget();
    const joined = attach(holdfast.share(worker));
    const options = { circuitBreaker: { window: { calls: 10 } }, throttle: {} };
    holdfast.define('send', options).circuitBreaker?.open(0);
    const trial = joined.policy('send').tryAcquire();
    assert.ok(trial.ok);
    worker.dispatchEvent(new Event('exit'));
    holdfast.remove('send');
    const next = holdfast.define('next', options);
    next.circuitBreaker?.open(0);
    assert.ok(next.tryAcquire().ok);
    trial.settle('failure');
    const { ignored, failures } = next.circuitBreaker?.counts ?? {};
    assert.deepEqual([next.circuitBreaker?.state, ignored, failures], ['half-open', 0, 0]);
  });
});
