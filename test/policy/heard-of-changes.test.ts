// What a thread hears of the changes of shared policies: all that the other one said, once, in order, of policies that
// are still the same, and no longer than there is one.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { boom, fine } from '../support/given.ts';
import { START_MS, twoThreads, withHeldWaits } from './two-threads.ts';

const BREAKER: PolicyOptions = { circuitBreaker: { consecutiveFailures: 1 } };
const RING_PLACES = 1_024;
const SEVEN_HOURS_MS = 25_200_000;

/** Lets a thread read what is new in the ring, by a change of its own that nobody listens to. */
const look = (own: Policy) => own.circuitBreaker?.isolate()();

async function run(guarded: Policy, calls: number, operation: () => Promise<unknown>): Promise<void> {
  for (let call = 0; call < calls; call++) await guarded.executeOutcome(operation);
}

/** A policy that changes in this thread, and what listeners of the other one were told by the time they looked. */
function given(
  options: PolicyOptions,
  event: 'stateChange' | 'exhausted' | 'recovered' | 'alert' | 'limitChange',
) {
  const { clock, here, there } = twoThreads({ send: options, other: BREAKER });
  const told: unknown[] = [];
  there.get('send').on(event, (said) => told.push(said));
  return {
    clock,
    send: here.get('send'),
    told() {
      look(there.get('other'));
      return told;
    },
  };
}

describe('another thread is told', () => {
  it('of a state with what it was, what it is, and since when', () => {
    const { send, told } = given(BREAKER, 'stateChange');
    send.circuitBreaker?.open();
    assert.deepEqual(told(), [{ policy: 'send', from: 'closed', to: 'open', atMs: START_MS }]);
  });

  it('of a budget of errors that is spent, and of its recovery', async () => {
    const errorBudget = { objective: 0.9, windowMs: 3_600_000, minCalls: 1 };
    const spent = given({ errorBudget }, 'exhausted');
    spent.send.errorBudget?.record(false);
    assert.deepEqual(spent.told(), [{ policy: 'send', budget: 'error', atMs: START_MS }]);
    const refilled = given({ errorBudget }, 'recovered');
    refilled.send.errorBudget?.record(false);
    await refilled.clock.advance(SEVEN_HOURS_MS);
    refilled.send.errorBudget?.record(true);
    assert.deepEqual(refilled.told(), [{ policy: 'send', budget: 'error', atMs: START_MS + SEVEN_HOURS_MS }]);
  });

  it('of a budget of latencies that is spent', async () => {
    const latencyBudget = { percentile: 0.5, targetMs: 10, minCalls: 1 };
    const { clock, send, told } = given({ latencyBudget }, 'exhausted');
    const slow = send.execute(() => clock.advance(50));
    await slow;
    assert.deepEqual(told(), [{ policy: 'send', budget: 'latency', atMs: START_MS + 50 }]);
  });

  it('of alerts, when they begin and when they are over', async () => {
    const { clock, send, told } = given(
      { errorBudget: { objective: 0.9375, windowMs: 86_400_000 } },
      'alert',
    );
    await run(send, 100, boom);
    assert.deepEqual(told(), [
      { policy: 'send', severity: 'fast', active: true, burnRate: 16, atMs: START_MS },
      { policy: 'send', severity: 'slow', active: true, burnRate: 16, atMs: START_MS },
    ]);
    told().splice(0);
    await clock.advance(SEVEN_HOURS_MS);
    await run(send, 1, fine);
    assert.deepEqual(told(), [
      { policy: 'send', severity: 'fast', active: false, burnRate: 0, atMs: START_MS + SEVEN_HOURS_MS },
      { policy: 'send', severity: 'slow', active: false, burnRate: 0, atMs: START_MS + SEVEN_HOURS_MS },
    ]);
  });

  it('of limits that adaptation moves', async () => {
    const bulkhead = {
      maxConcurrent: 10,
      adaptive: { algorithm: 'aimd' as const, minLimit: 1, maxLimit: 20 },
    };
    const { clock, send, told } = given({ bulkhead, timeout: { attemptMs: 5 } }, 'limitChange');
    const late = send.executeOutcome(() => new Promise(() => {}));
    await clock.advance(5);
    await late;
    assert.deepEqual(told(), [{ policy: 'send', limit: 'bulkhead', from: 10, to: 9, atMs: START_MS + 5 }]);
    const adaptive = { minPerSecond: 1, maxPerSecond: 1_000, targetMs: 10, intervalMs: 100, minSamples: 1 };
    const rate = given({ rateLimiter: { permitsPerSecond: 100, adaptive } }, 'limitChange');
    for (let call = 0; call < 4; call++) await rate.send.execute(() => rate.clock.advance(50));
    const [first] = rate.told() as { limit: string; from: number; to: number }[];
    assert.deepEqual([first.limit, first.from, first.to], ['rateLimiter', 100, 90]);
  });
});

describe('a change', () => {
  it('is told to all listeners before the next one, which one of them brings about', () => {
    const { here } = twoThreads({ send: BREAKER });
    const send = here.get('send');
    const told: string[] = [];
    send.on('stateChange', ({ to }) => {
      told.push(`first ${to}`);
      if (to === 'open') send.circuitBreaker?.close();
    });
    send.on('stateChange', ({ to }) => told.push(`second ${to}`));
    send.circuitBreaker?.open();
    assert.deepEqual(told, ['first open', 'second open', 'first closed', 'second closed']);
  });

  it('of a policy that a thread has not used is nothing to it', () => {
    const { here, there } = twoThreads({ send: BREAKER, other: BREAKER });
    const told: string[] = [];
    there.get('other').on('stateChange', ({ policy, to }) => told.push(`${policy} ${to}`));
    here.get('send').circuitBreaker?.open();
    there.get('other').circuitBreaker?.open();
    assert.deepEqual(told, ['other open']);
  });

  it('of a policy that is gone is not told of the one that has its place', () => {
    const { here, there, define, remove } = twoThreads({ send: BREAKER }, { policies: 1 });
    there.names();
    here.get('send').circuitBreaker?.open();
    remove('send');
    define('next', BREAKER);
    const told: string[] = [];
    there.get('next').on('stateChange', ({ to }) => told.push(to));
    there.get('next').circuitBreaker?.isolate();
    assert.deepEqual(told, ['isolated']);
  });

  it('that was missed is told to the policies that there are, and to none that is gone', () => {
    const { here, there, remove } = twoThreads({ send: BREAKER, gone: BREAKER });
    const lost: unknown[] = [];
    for (const name of ['send', 'gone']) there.get(name).on('overrun', (event) => lost.push(event));
    remove('gone');
    there.names();
    for (let change = 0; change < RING_PLACES; change += 2) {
      here.get('send').circuitBreaker?.open();
      here.get('send').circuitBreaker?.close();
    }
    look(there.get('send'));
    assert.deepEqual(lost, [{ policy: 'send', lost: 1 }]);
  });
});

describe('a thread that listens', () => {
  it('waits once, however many listeners it has, and again after each look', async () => {
    const { plane, there } = twoThreads({ send: BREAKER });
    await withHeldWaits(plane, async (waits) => {
      for (let listener = 0; listener < 3; listener++) there.get('send').on('stateChange', () => {});
      await waits.turn();
      assert.equal(waits.begun, 1);
      await waits.end();
      assert.equal(waits.begun, 2);
      await waits.end();
      assert.equal(waits.begun, 3);
    });
  });

  it('waits for nothing while its listeners are for what happens in its own calls', async () => {
    const { plane, there } = twoThreads({ send: BREAKER });
    await withHeldWaits(plane, async (waits) => {
      there.get('send').on('chaos', () => {});
      there.get('send').on('success', () => {});
      assert.equal(waits.begun, 0);
      there.get('send').on('overrun', () => {});
      assert.equal(waits.begun, 1);
    });
  });

  it('waits no more once none of its policies is left, and again with the next', async () => {
    const { plane, there, define, remove } = twoThreads({ send: BREAKER });
    await withHeldWaits(plane, async (waits) => {
      there.get('send').on('stateChange', () => {});
      remove('send');
      assert.deepEqual(there.names(), []);
      await waits.end();
      assert.equal(waits.begun, 1);
      define('next', BREAKER);
      there.get('next').on('stateChange', () => {});
      assert.equal(waits.begun, 2);
    });
  });
});
