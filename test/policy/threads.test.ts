// Policies used from the main thread and two threads of the user's own at once.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { createHoldfast, policiesOf } from '../../src/index.ts';
import { spawnWorker } from '../support/spawn.ts';

const url = new URL('./threads-policies.ts', import.meta.url);
const holdfast = createHoldfast({
  policies: policiesOf(url, await import('./threads-policies.ts')),
  memory: { policies: 16, threads: 8 },
});
let workers: Worker[] = [];

async function ask(worker: Worker, order: unknown): Promise<Record<string, number>> {
  const answer = once(worker, 'message');
  worker.postMessage(order);
  return (await answer)[0] as Record<string, number>;
}

async function started(): Promise<Worker> {
  const worker = spawnWorker(new URL('./threads-worker.ts', import.meta.url));
  const ready = once(worker, 'message');
  worker.postMessage(holdfast.share(worker));
  await ready;
  return worker;
}

describe('threads of one process', () => {
  before(async () => {
    workers = await Promise.all([started(), started()]);
  });

  after(async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
    await holdfast.stop();
  });

  it('share one limiter: exactly its burst passes', async () => {
    const order = { policy: 'limited', calls: 200, fail: false };
    const asked = workers.map((worker) => ask(worker, order));
    const own = holdfast.policy('limited');
    let passed = 0;
    for (let i = 0; i < 200; i++) if ((await own.executeOutcome(async () => 1)).ok) passed++;
    for (const { ran, refused } of await Promise.all(asked)) {
      assert.equal(ran + refused, 200);
      passed += ran;
    }
    assert.equal(passed, 300);
  });

  it('share one bulkhead and its line: everybody gets in, never more than the limit at once', async () => {
    const order = { policy: 'narrow', calls: 100, fail: false };
    const asked = workers.map((worker) => ask(worker, order));
    const own = holdfast.policy('narrow');
    let most = 0;
    const mine = Array.from({ length: 100 }, () =>
      own.execute(async () => {
        most = Math.max(most, own.bulkhead?.active ?? 0);
        await new Promise((resolve) => setImmediate(resolve));
      }),
    );
    await Promise.all(mine);
    for (const { ran, most: theirs } of await Promise.all(asked)) {
      assert.equal(ran, 100);
      assert.ok(theirs <= 3);
    }
    assert.ok(most <= 3);
    assert.deepEqual([own.bulkhead?.active, own.bulkhead?.queued], [0, 0]);
  });

  it('share one breaker: it opens once, and every thread hears of it once', async () => {
    const changes: string[] = [];
    holdfast.policy('send').on('stateChange', ({ from, to }) => changes.push(`${from} → ${to}`));
    const asked = workers.map((worker) => ask(worker, { policy: 'send', calls: 20, fail: true }));
    await Promise.all(asked);
    const deadline = Date.now() + 5000;
    let heard: number[] = [];
    while (Date.now() < deadline) {
      heard = (await Promise.all(workers.map((worker) => ask(worker, 'heard')))).map(
        (answer) => answer.heard,
      );
      if (changes.length > 0 && heard.every((count) => count > 0)) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(changes, ['closed → open']);
    assert.deepEqual(heard, [1, 1]);
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'open');
  });

  it('count every failure in one error budget', async () => {
    const budget = holdfast.policy('judged').errorBudget;
    const asked = workers.map((worker) => ask(worker, { policy: 'judged', calls: 150, fail: true }));
    for (const { failed } of await Promise.all(asked)) assert.equal(failed, 150);
    assert.equal(budget?.allowedFailures, 150);
    assert.equal(budget?.consumed, 2);
  });

  it('find policies defined later, and those whose functions stayed behind say which', async () => {
    holdfast.define('later', { rateLimiter: { permitsPerSecond: 1, burst: 7 } });
    const [answer] = await Promise.all([ask(workers[0], { policy: 'later', calls: 10, fail: false })]);
    assert.deepEqual([answer.ran, answer.refused], [7, 3]);
    holdfast.define('inline', { circuitBreaker: { consecutiveFailures: 1 }, isFailure: ({ ok }) => !ok });
    const refused = await ask(workers[0], { policy: 'inline', calls: 1, fail: false });
    assert.equal(refused.code, 'HF_BAD_OPTION');
    assert.match(String(refused.error), /isFailure/);
    assert.equal(holdfast.remove('later'), true);
    const gone = await ask(workers[0], { policy: 'later', calls: 1, fail: false });
    assert.equal(gone.code, 'HF_UNKNOWN_POLICY');
  });

  it('get their functions from a module that both sides load', async () => {
    const [answer] = await Promise.all([ask(workers[0], { policy: 'forgiving', calls: 5, fail: true })]);
    assert.equal(answer.failed, 5);
    assert.equal(holdfast.policy('forgiving').circuitBreaker?.state, 'closed');
  });

  it('return what they held when they end', async () => {
    const held = holdfast.policy('held');
    const active = () => held.bulkhead?.active;
    const worker = await started();
    assert.deepEqual(await ask(worker, 'hold'), { held: true });
    assert.equal(active(), 1);
    await worker.terminate();
    const deadline = Date.now() + 5000;
    while (active() !== 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 5));
    assert.equal(active(), 0);
  });
});
