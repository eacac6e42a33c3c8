import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';
import { given } from './given.ts';
import { scrape } from './metrics/scrape.ts';

const ONE = { bulkhead: { maxConcurrent: 1, maxQueue: 5 } };

describe('what a thread held', () => {
  it('goes to whoever waits here in the moment in which it is returned', async () => {
    const holdfast = createHoldfast({
      policies: { send: ONE },
      memory: { policies: 4, threads: 4, keys: 0 },
    });
    const worker = new EventTarget();
    const joined = attach(holdfast.share(worker));
    assert.ok(joined.policy('send').tryAcquire().ok);
    let served = false;
    const call = holdfast.policy('send').execute(() => {
      served = true;
    });
    worker.dispatchEvent(new Event('close'));
    assert.equal(served, true);
    await call;
  });

  it('is free again when the pool has ended it', async () => {
    const tasks = tasksOf<typeof import('./channel-tasks.ts')>(
      new URL('./channel-tasks.ts', import.meta.url),
    );
    const holdfast = createHoldfast({
      memory: { policies: 4, threads: 16, keys: 0 },
      health: { builtIn: false },
      policies: { send: ONE },
      workers: { tasks, minThreads: 1, maxThreads: 1 },
    });
    await holdfast.start();
    assert.equal(await holdfast.offload('use', 'send'), true);
    assert.equal(holdfast.policy('send').bulkhead?.active, 1);
    await holdfast.stop({ drainMs: 0 });
    assert.equal(holdfast.policy('send').bulkhead?.active, 0);
  });
});

describe('what another thread has changed', () => {
  it('is counted before it is heard', async () => {
    const policies = { send: { circuitBreaker: { consecutiveFailures: 1 } } };
    const holdfast = createHoldfast({ policies, memory: { policies: 4, threads: 4, keys: 0 } });
    const joined = attach(holdfast.share(new EventTarget()));
    const permit = joined.policy('send').tryAcquire();
    assert.ok(permit.ok);
    permit.settle('failure');
    const move = 'circuit_breaker_state_changes_total{from_state="closed",to_state="open",name="send"}';
    assert.equal((await scrape(holdfast)).get(move), 1);
  });
});

describe('the burn rate of five minutes', () => {
  it('looks back for five minutes', async () => {
    const { holdfast, clock } = given({
      policies: { send: { errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 1 } } },
    });
    holdfast.policy('send').errorBudget?.record(false);
    const rate = async () =>
      (await scrape(holdfast)).get('error_budget_burn_rate{window="5m",budget="send"}');
    await clock.advance(3 * 60_000);
    assert.equal(await rate(), 2);
    await clock.advance(10 * 60_000);
    assert.equal(await rate(), 0);
  });
});

describe('a prefix', () => {
  it('is a text, not what only reads like one', () => {
    for (const prefix of [['a_'], { toString: () => 'a_' }, new String('a_')]) {
      assert.throws(() => given({ metrics: { prefix: prefix as never } }), /^OptionsError: metrics.prefix: /);
    }
  });
});
