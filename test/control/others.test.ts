// Another thread's part in a runtime, played in this one: what `attach` gives does not know in which thread it is.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { createHoldfast } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';

function joinedBy(policies: Record<string, PolicyOptions>) {
  const holdfast = createHoldfast({ policies, memory: { policies: 4, threads: 4, keys: 0 } });
  const worker = new EventTarget();
  const joined = attach(holdfast.share(worker));
  return { holdfast, joined, die: () => worker.dispatchEvent(new Event('close')) };
}

/** As long as it takes whatever was promised to come about, and shorter than anybody looks again by himself. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const ONE = { bulkhead: { maxConcurrent: 1, maxQueue: 5 } };

describe('another thread that takes part', () => {
  it('is not passed by in a line that it stood in before', async () => {
    const { holdfast, joined } = joinedBy({ send: ONE });
    const permit = holdfast.policy('send').tryAcquire();
    assert.ok(permit.ok);
    const order: string[] = [];
    const calls: Promise<unknown>[] = [
      joined.policy('send').execute(() => order.push('theirs')),
      holdfast.policy('send').execute(() => order.push('ours')),
    ];
    permit.settle('success');
    assert.deepEqual(order, [], 'it is given a few milliseconds to take its turn');
    await Promise.all(calls);
    assert.deepEqual(order.sort(), ['ours', 'theirs']);
  });

  it('gives back what it held when it ends, to whoever waits for it, at once', async () => {
    const { holdfast, joined, die } = joinedBy({ send: ONE });
    assert.ok(joined.policy('send').tryAcquire().ok);
    let served = false;
    const call = holdfast.policy('send').execute(() => {
      served = true;
    });
    await turn();
    assert.equal(served, false);
    die();
    await turn();
    assert.equal(served, true);
    await call;
  });

  it('has what it changes told here, once', async () => {
    const { holdfast, joined } = joinedBy({ send: { circuitBreaker: { consecutiveFailures: 1 } } });
    const messages: Record<string, unknown>[] = [];
    let heard = () => {};
    const told = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const hear = (message: unknown) => {
      messages.push(message as Record<string, unknown>);
      heard();
    };
    subscribe('holdfast:state', hear);
    joined.policy('send').circuitBreaker?.open();
    const alive = setInterval(() => {}, 1_000);
    await told;
    clearInterval(alive);
    unsubscribe('holdfast:state', hear);
    const { runtime, event, policy, from, to } = messages[0];
    assert.deepEqual(
      [messages.length, runtime, event, policy, from, to],
      [1, 'holdfast', 'stateChange', 'send', 'closed', 'open'],
    );
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'open');
  });
});
