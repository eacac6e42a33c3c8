// Another thread's part in a shared policy, played in this one: what `attach` gives does not know in which thread it is.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { createHoldfast, fromList } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';
import { turns } from '../support/turns.ts';

/** A runtime, and a thread that has joined it; `die` declares that thread dead. */
function given(policies: Record<string, PolicyOptions>, sizes = {}) {
  const holdfast = createHoldfast({ policies, memory: { policies: 4, threads: 4, keys: 0, ...sizes } });
  const worker = new EventTarget();
  const joined = attach(holdfast.share(worker));
  const die = () => worker.dispatchEvent(new Event('close'));
  return { holdfast, joined, die };
}

const ONE = { bulkhead: { maxConcurrent: 1 } };

describe('a call that outlives its policy', () => {
  it('keeps the place in memory until it ends, then leaves it as if it had never been', () => {
    const { holdfast, joined } = given({ send: ONE }, { policies: 1 });
    const permit = joined.policy('send').tryAcquire();
    assert.ok(permit.ok);
    holdfast.remove('send');
    assert.throws(() => holdfast.define('next', ONE), /one of 1 policy slots to be free/);
    permit.settle('failure');
    const next = holdfast.define('next', ONE);
    assert.equal(next.bulkhead?.active, 0);
    assert.ok(next.tryAcquire().ok);
    assert.equal(joined.policy('next').bulkhead?.active, 1);
  });

  it('gives the trial back that it was, and decides nothing of the next policy’s breaker', () => {
    const circuitBreaker = { consecutiveFailures: 1, openMs: 1, halfOpen: { permits: 1 } };
    const { holdfast, joined } = given({ send: { circuitBreaker } }, { policies: 1 });
    joined.policy('send').circuitBreaker?.open(0);
    const trial = joined.policy('send').tryAcquire();
    assert.ok(trial.ok);
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'half-open');
    holdfast.remove('send');
    trial.settle('failure');
    const next = holdfast.define('next', { circuitBreaker });
    assert.equal(next.circuitBreaker?.state, 'closed');
    assert.equal(next.circuitBreaker?.counts.total, 0);
  });

  it('that holds nothing keeps nothing', () => {
    const circuitBreaker = { consecutiveFailures: 1 };
    const { holdfast, joined } = given({ send: { circuitBreaker } }, { policies: 1 });
    const permit = joined.policy('send').tryAcquire();
    assert.ok(permit.ok);
    holdfast.remove('send');
    const next = holdfast.define('next', { circuitBreaker });
    permit.settle('failure');
    assert.equal(next.circuitBreaker?.state, 'closed');
  });
});

describe('a thread that has joined', () => {
  it('knows the names of the policies as they come and go', () => {
    const { holdfast, joined } = given({ a: {}, b: {} });
    assert.deepEqual([...joined.policies].sort(), ['a', 'b']);
    holdfast.remove('a');
    holdfast.define('c', {});
    assert.deepEqual([...joined.policies].sort(), ['b', 'c']);
  });

  it('must have been given a handle', () => {
    for (const handle of [undefined, null, {}, 7]) {
      assert.throws(() => attach(handle), /^OptionsError: handle: expected what share\(worker\) gave/);
    }
  });

  it('cannot have options that are longer than there is room for, and is told so', () => {
    const list = Array.from({ length: 2_000 }, (_, index) => index * 1.25);
    const { holdfast, joined } = given({ send: { retry: { backoff: fromList(list) } } });
    assert.ok(holdfast.policy('send'));
    assert.throws(() => joined.policy('send'), /^OptionsError: policies\.send: .*options too long/);
  });

  it('has an option that is infinite as what it is', () => {
    const { joined } = given({ send: { bulkhead: { maxConcurrent: 1, maxQueue: 1, maxWaitMs: Infinity } } });
    assert.ok(joined.policy('send').tryAcquire().ok);
  });

  it('is refused everything once it was declared dead, and what it held is free', async () => {
    const { holdfast, joined, die } = given({ send: ONE });
    const policy = joined.policy('send');
    assert.ok(policy.tryAcquire().ok);
    die();
    assert.equal(holdfast.policy('send').bulkhead?.active, 0);
    await assert.rejects(
      policy.execute(() => 'sent'),
      /WorkerLostError.*declared dead|declared dead/,
    );
  });

  it('waits in a line that is for the limiter alone, behind who came before it', async () => {
    const rateLimiter = { permitsPerSecond: 50, burst: 1, maxWaitMs: 5_000 };
    const { holdfast, joined } = given({ send: { rateLimiter } });
    const order: string[] = [];
    const call = (who: typeof joined, name: string) =>
      who.policy('send').execute(() => void order.push(name));
    await call(holdfast as never, 'first');
    await Promise.all([
      call(holdfast as never, 'second'),
      call(joined, 'third'),
      call(holdfast as never, 'fourth'),
    ]);
    assert.deepEqual(order, ['first', 'second', 'third', 'fourth']);
  });
});

describe('a change that one thread makes', () => {
  const circuitBreaker = { consecutiveFailures: 1 };

  it('is heard once in each, also by one that begins to listen while it is on its way', async () => {
    const { holdfast, joined } = given({ send: { circuitBreaker } });
    const heard: string[] = [];
    joined.policy('send');
    holdfast.policy('send').circuitBreaker?.open();
    joined.policy('send').on('stateChange', ({ from, to }) => heard.push(`joined ${from}>${to}`));
    holdfast.policy('send').on('stateChange', ({ from, to }) => heard.push(`main ${from}>${to}`));
    holdfast.policy('send').circuitBreaker?.close();
    await turns(() => heard.length >= 3);
    assert.deepEqual(heard.sort(), ['joined closed>open', 'joined open>closed', 'main open>closed']);
  });

  it('may cause the next one in a listener', async () => {
    const { joined } = given({ send: { circuitBreaker } });
    const policy = joined.policy('send');
    const heard: string[] = [];
    policy.on('stateChange', ({ to }) => {
      heard.push(to);
      if (to === 'open') policy.circuitBreaker?.close();
    });
    policy.circuitBreaker?.open();
    await turns(() => heard.length >= 2);
    assert.deepEqual(heard, ['open', 'closed']);
  });

  it('of a limit is told with what it was and is', async () => {
    const bulkhead = {
      maxConcurrent: 10,
      adaptive: { algorithm: 'aimd' as const, minLimit: 1, maxLimit: 20 },
    };
    const { holdfast, joined } = given({ send: { bulkhead, timeout: { attemptMs: 5 } } });
    const heard: unknown[] = [];
    joined.policy('send').on('limitChange', ({ limit, from, to }) => heard.push({ limit, from, to }));
    // A call that times out is what AIMD backs off from.
    const late = holdfast.policy('send').execute(() => new Promise(() => {}));
    await assert.rejects(late, /TimeoutError|timed out|timeout/i);
    await turns(() => heard.length >= 1);
    assert.deepEqual(heard, [{ limit: 'bulkhead', from: 10, to: 9 }]);
  });

  it('is told as lost to a thread that did not listen for long', async () => {
    const { holdfast, joined } = given({ send: { circuitBreaker } });
    const slow = joined.policy('send');
    const breaker = holdfast.policy('send').circuitBreaker;
    for (let round = 0; round < 5_000; round++) {
      breaker?.open();
      breaker?.close();
    }
    let lost = 0;
    slow.on('overrun', (event) => {
      lost += event.lost;
    });
    await turns(() => lost > 0);
    assert.ok(lost > 0 && lost < 10_000, `${lost}`);
  });

  it('is looked for no more once there is no policy left to hear of', async () => {
    const { holdfast, joined } = given({ send: { circuitBreaker } });
    const heard: string[] = [];
    joined.policy('send').on('stateChange', ({ to }) => heard.push(to));
    holdfast.remove('send');
    assert.deepEqual([...joined.policies], []);
    // Longer than a listener waits before it looks again by itself.
    await new Promise((resolve) => setTimeout(resolve, 700));
    holdfast.define('next', { circuitBreaker });
    joined.policy('next').on('stateChange', ({ to }) => heard.push(`next ${to}`));
    holdfast.policy('next').circuitBreaker?.open();
    await turns(() => heard.length > 0);
    assert.deepEqual(heard, ['next open']);
  });
});

describe('a definition that fails', () => {
  const perKey = { maxKeys: 8 };
  const rateLimiter = { permitsPerSecond: 1, perKey };

  it('leaves the room for its keys to the next', () => {
    const { holdfast } = given({}, { keys: 8 });
    assert.throws(() => holdfast.define('x'.repeat(10_000), { rateLimiter }));
    assert.ok(holdfast.define('send', { rateLimiter }));
    holdfast.remove('send');
    assert.ok(holdfast.define('again', { rateLimiter }));
  });

  it('by a name that is taken changes nothing', () => {
    const { holdfast } = given({ send: ONE }, { policies: 2 });
    assert.throws(() => holdfast.define('send', {}), /policies\.send: expected a name that is not taken/);
    assert.equal(holdfast.policy('send').bulkhead?.limit, 1);
    assert.ok(holdfast.define('other', {}));
  });
});
