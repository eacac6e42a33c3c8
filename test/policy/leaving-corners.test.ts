// Leaving a call: what is counted of it, and what the operations that are left are told.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, type Policy, type PolicyOptions } from '../../src/index.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { boom, fine, givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a caller that leaves a policy with retries', (engine) => {
  /** How many retries are counted as given up because a caller left, when it leaves at a moment of the scene's. */
  async function givenUp(
    options: PolicyOptions,
    operation: () => Promise<unknown>,
    before: (send: Policy) => unknown = () => {},
  ) {
    const clock = manualClock({ startMs: 1_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: options },
    });
    const send = holdfast.policy('send');
    before(send);
    const caller = new AbortController();
    const result = errorOf(send.execute(operation, { signal: caller.signal }));
    await clock.advance(10);
    caller.abort('enough');
    assert.equal(await result, 'enough');
    return (await scrape(holdfast)).get('retry_failures_total{reason="aborted",policy="send"}');
  }
  const retry = { maxRetries: 2, backoff: () => 100 };

  it('is counted where it leaves during a pause', async () => {
    assert.equal(await givenUp({ retry }, boom), 1);
  });

  it('is not where its operation runs, nor where it waits in line', async () => {
    assert.equal(await givenUp({ retry }, pending().operation), 0);
    assert.equal(await givenUp({ retry, timeout: { totalMs: 500 } }, pending().operation), 0);
    const bulkhead = { maxConcurrent: 1, maxQueue: 1 };
    assert.equal(await givenUp({ retry, bulkhead }, fine, (send) => send.tryAcquire()), 0);
  });
});

onBothEngines('an operation that is left', (engine) => {
  it('is told, where another one has answered, that it was', async () => {
    const { clock, guarded } = given(engine, { hedge: { delayMs: 10 } });
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    await clock.advance(10);
    const [first, second] = [await up.next(), await up.next()];
    second.succeed('second');
    assert.equal(await result, 'second');
    const reason = first.context.signal.reason as DOMException;
    assert.deepEqual(
      [reason.name, reason.message],
      ['AbortError', 'another attempt of this call has answered'],
    );
  });

  it('because nobody had the time to wait for it counts there, and not in the policies within', async () => {
    const outer = given(engine, {
      coalesce: { key: ({ key }) => key },
      timeout: { totalMs: 100 },
      circuitBreaker: { consecutiveFailures: 1 },
    });
    const inner = given(engine, { circuitBreaker: { consecutiveFailures: 1 }, timeout: { totalMs: 500 } });
    const up = upstream<string>();
    const result = errorOf(
      outer.guarded.execute(({ signal }) => inner.guarded.execute(up.operation, { signal }), { key: 'a' }),
    );
    await outer.clock.advance(100);
    assert.equal(((await result) as { code: string }).code, 'HF_TIMEOUT');
    assert.equal(outer.guarded.circuitBreaker?.state, 'open');
    assert.equal(inner.guarded.circuitBreaker?.state, 'closed');
    assert.equal(inner.guarded.circuitBreaker?.counts.failures, 0);
  });
});
