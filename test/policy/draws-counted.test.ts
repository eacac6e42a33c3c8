// How often the kernels are asked for entry shows in what is drawn for the throttle: nobody is asked for in vain, and
// what falls due at one moment happens in its order.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { manualClock } from '../../src/testing/index.ts';
import { fine, givenLater, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';
import { withHeldWaits } from './two-threads.ts';

/** Chance that lets everybody through, and counts how often it was asked. */
function counted() {
  const random = () => {
    random.draws++;
    return 0.99;
  };
  random.draws = 0;
  return random;
}

onBothEngines('a call that would have to wait', (engine) => {
  it('is asked for once where the limiter lets nobody wait, though the bulkhead beside it does', async () => {
    const random = counted();
    const { guarded } = givenLater(
      engine,
      {
        throttle: {},
        rateLimiter: { permitsPerSecond: 1, burst: 1 },
        bulkhead: { maxConcurrent: 5, maxQueue: 5 },
      },
      { random },
    );
    await guarded.execute(fine);
    const { code } = (await errorOf(guarded.execute(fine))) as { code: string };
    assert.equal(code, 'HF_RATE_LIMITED');
    assert.equal(random.draws, 2);
  });

  it('leaves the line from behind the first without anybody’s being asked for', async () => {
    const random = counted();
    const { guarded } = givenLater(
      engine,
      { throttle: {}, bulkhead: { maxConcurrent: 1, maxQueue: 5 } },
      { random },
    );
    const held = pending();
    const running = guarded.execute(held.operation);
    const first = guarded.execute(fine);
    const caller = new AbortController();
    const second = errorOf(guarded.execute(fine, { signal: caller.signal }));
    const before = random.draws;
    caller.abort();
    await second;
    assert.equal(random.draws, before);
    held.resolve('done');
    assert.deepEqual(await Promise.all([running, first]), ['done', 'fine']);
  });

  it('is let in by tokens after whoever runs out of time at that moment', async () => {
    const { clock, guarded } = givenLater(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 1_000 },
      timeout: { attemptMs: 100, totalMs: 1_000 },
    });
    const log: string[] = [];
    guarded.on('timeout', () => log.push('out of time'));
    const late = errorOf(guarded.execute(pending().operation)).then(() => log.push('rejected'));
    const next = guarded.execute(async () => log.push('begins'));
    await clock.advance(100);
    await Promise.all([late, next]);
    assert.deepEqual(log, ['out of time', 'rejected', 'begins']);
  });
});

onBothEngines('a line in a runtime without other threads', (engine) => {
  it('waits for nobody’s notice, and asks for nobody while nothing happens', async () => {
    const random = counted();
    const holdfast = createHoldfast({
      clock: manualClock({ startMs: 36_000_000 }),
      engine,
      random,
      memory: { policies: 1, threads: 1, keys: 0 },
      policies: { send: { throttle: {}, bulkhead: { maxConcurrent: 1, maxQueue: 2 } } },
    });
    const send = holdfast.policy('send');
    await withHeldWaits(Policy.coreOf(send).slot.plane, async (waits) => {
      const held = pending();
      const running = send.execute(held.operation);
      const next = send.execute(fine);
      const before = random.draws;
      // Had it waited for a notice, it would look again with this.
      await waits.end();
      assert.equal(random.draws, before);
      held.resolve('done');
      assert.deepEqual(await Promise.all([running, next]), ['done', 'fine']);
    });
  });
});
