import assert from 'node:assert/strict';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { errorOf, given, open, reached, type Tasks, words } from './given.ts';

describe('a task that takes its thread down', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given(
      { maxCrashes: 100 },
      {
        policies: {
          guarded: { circuitBreaker: { consecutiveFailures: 10 } },
          held: { bulkhead: { maxConcurrent: 1 }, circuitBreaker: { consecutiveFailures: 10, openMs: 1 } },
        },
      },
    );
  });

  after(() => holdfast.stop());

  for (const [how, name, reason] of [
    ['by process.exit', 'exit', /exited with code/],
    ['by an error that nobody catches', 'uncaught', /uncaught TypeError: nobody catches this/],
    ['by a rejection that nobody handles', 'unhandled', /uncaught RangeError: nobody handles this/],
  ] as const) {
    it(`${how} is lost, and the next one runs on a new thread`, async () => {
      const error = await errorOf(holdfast.offload(name, 7 as never));
      assert.equal(error.code, 'HF_WORKER_LOST');
      assert.equal(error.task, name);
      assert.match(error.message, reason);
      assert.equal(await holdfast.offload('echo', name), name);
    });
  }

  it('is one failure to the policy it ran under', async () => {
    const { circuitBreaker } = holdfast.policy('guarded');
    const before = circuitBreaker?.counts.total ?? 0;
    await errorOf(holdfast.offload('exit', 1, { policy: 'guarded' }));
    assert.equal((circuitBreaker?.counts.total ?? 0) - before, 1);
  });

  it('returns what it held in the shared memory', async () => {
    const { bulkhead } = holdfast.policy('held');
    await errorOf(holdfast.offload('hold', 'held'));
    assert.equal(bulkhead?.active, 0);
    assert.equal(await holdfast.offload('through', 'held'), 'from the worker');
  });

  it('is run again when it is idempotent', async () => {
    const shared = words();
    assert.equal(await holdfast.offload('dieFirst', { words: shared, times: 2 }, { idempotent: true }), 2);
    assert.equal(shared[0], 3);
  });

  it('is not run again when it is not', async () => {
    const shared = words();
    const error = await errorOf(holdfast.offload('dieFirst', { words: shared, times: 1 }));
    assert.equal(error.code, 'HF_WORKER_LOST');
    assert.equal(shared[0], 1);
  });

  it('does not take those with it that wait behind it in its message', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => holdfast.offload('echoOrExit', index)));
    const shared = words(256);
    const first = holdfast.offload('gate', shared);
    const values = Array.from({ length: 40 }, (_, index) => (index === 20 ? -1 : index));
    const rest = Promise.allSettled(values.map((value) => holdfast.offload('echoOrExit', value)));
    open(shared);
    await first;
    const settled = await rest;
    const lost = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    assert.deepEqual(lost, [20]);
    for (const [index, result] of settled.entries()) {
      if (result.status === 'fulfilled') assert.equal(result.value, index);
    }
  });

  it('is known for what it is when memory runs out, where the runtime limits memory', async () => {
    if (process.versions.deno) {
      // There such a thread never says so: what ends it is the time that its task is given.
      const limited = await given({ resourceLimits: { maxOldGenerationSizeMb: 48 } });
      const error = await errorOf(limited.offload('hoard', 1_000, { timeoutMs: 1_500 }));
      assert.equal(error.code, 'HF_TIMEOUT');
      assert.equal(await limited.offload('echo', 1), 1);
      await limited.stop();
      return;
    }
    if (process.versions.bun) {
      // Bun takes no notice of resourceLimits: the task is simply done.
      assert.equal(await holdfast.offload('hoard', 1), 1);
      return;
    }
    const small = await given({ resourceLimits: { maxOldGenerationSizeMb: 48 } });
    const error = await errorOf(small.offload('hoard', 1_000));
    assert.equal(error.code, 'HF_WORKER_LOST');
    assert.match(error.message, /ran out of memory/);
    assert.equal(await small.offload('echo', 1), 1);
    await small.stop();
  });
});

describe('a task that crashes again and again', () => {
  it('is given no other thread, by itself or when it is offloaded anew', async () => {
    const holdfast = await given({ maxCrashes: 2 });
    const shared = words();
    const task = holdfast.offload('dieFirst', { words: shared, times: 100 }, { idempotent: true });
    const poisoned = await errorOf(task);
    assert.equal(poisoned.code, 'HF_POISONED');
    assert.equal(poisoned.crashes, 2);
    assert.equal(shared[0], 2);
    const refused = await errorOf(holdfast.offload('dieFirst', { words: shared, times: 0 }));
    assert.equal(refused.code, 'HF_POISONED');
    assert.ok((refused.retryAfterMs as number) > 0);
    assert.equal(await holdfast.offload('echo', 1), 1, 'others are not concerned');
    await holdfast.stop();
  });
});

describe('a thread that does not end', () => {
  it('is replaced and not counted; where the runtime cannot end it, that is told until it ends by itself', async () => {
    const holdfast = await given({ graceMs: 10 });
    const shared = words();
    const error = await errorOf(holdfast.offload('deafUntil', shared, { timeoutMs: 50 }));
    assert.equal(error.code, 'HF_TIMEOUT');
    assert.equal(await holdfast.offload('echo', 1), 1);
    if (process.versions.deno !== undefined) {
      while (!holdfast.workers?.threads.unended) await holdfast.offload('later', 5);
      // It lives, but what it tries to do to the policies' memory is refused.
      const { busy, idle } = holdfast.workers.threads;
      assert.equal(busy + idle, 1);
      open(shared);
      while (holdfast.workers?.threads.unended) await holdfast.offload('later', 5);
    } else {
      open(shared);
      assert.equal(holdfast.workers?.threads.unended, 0);
    }
    await holdfast.stop();
  });
});

describe('a thread that is stuck between its tasks', () => {
  it('is replaced, and what it had not begun runs elsewhere', async () => {
    const holdfast = await given();
    const shared = words();
    await holdfast.offload('leaveLoop', shared);
    await reached(shared, 0, 1);
    // Its event loop stands still now, although no task runs.
    assert.equal(await holdfast.offload('echo', 1), 1);
    assert.equal(holdfast.workers?.lost, 1);
    open(shared);
    await holdfast.stop();
  });
});

describe('what was handed over to a thread', () => {
  it('is lost with it, though it was not begun, and is not run again without what it had', async () => {
    const holdfast = await given();
    const shared = words();
    await holdfast.offload('leaveLoop', shared);
    await reached(shared, 0, 1);
    const bytes = new Uint8Array(8);
    const options = { transfer: [bytes.buffer], idempotent: true };
    const error = await errorOf(holdfast.offload('length', bytes, options));
    assert.equal(error.code, 'HF_WORKER_LOST');
    assert.equal(await holdfast.offload('echo', 1), 1);
    open(shared);
    await holdfast.stop();
  });
});

describe('threads of the pool', () => {
  it('keep no process alive by themselves, and do as long as a task runs', async () => {
    const { runScript } = await import('../base/run-script.ts');
    const { lines, code, errors } = await runScript(new URL('./idle-script.ts', import.meta.url));
    assert.deepEqual([lines, code], [['offloaded', 'done'], 0], errors);
  });
});
