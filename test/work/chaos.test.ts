import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Holdfast, HoldfastOptions } from '../../src/index.ts';
import { given as started, type Tasks, words } from './given.ts';

/** A runtime whose threads hear already what the manager allows chaos to do. */
async function given(workers: object, options: HoldfastOptions): Promise<Holdfast<string, Tasks>> {
  const holdfast = await started(workers, options);
  await holdfast.threads(20_000);
  return holdfast;
}

const TWO = { minThreads: 2, maxThreads: 2 };

/** How often chaos has struck under the policy `shaken`, as it is counted in the shared memory. */
async function strikes(holdfast: Holdfast<string, Tasks>, kind: string): Promise<number> {
  const text = await holdfast.metrics.metrics();
  const line = new RegExp(`chaos_injections_total\\{kind="${kind}",policy="shaken"\\} (\\d+)`).exec(text);
  return Number(line?.[1] ?? 0);
}

/** Runs tasks until one of their threads has been struck. */
async function untilStruck(holdfast: Holdfast<string, Tasks>, kind: string): Promise<void> {
  while ((await strikes(holdfast, kind)) === 0) {
    const run = () => holdfast.offload('spin', 2, { policy: 'shaken' }).catch(() => {});
    await Promise.all([run(), run(), run()]);
  }
}

const shaken = (policy: object): HoldfastOptions => ({ policies: { shaken: policy } });

describe('chaos that ends threads', () => {
  it('strikes nobody who has not asked for it, and nobody before it is switched on', async () => {
    const holdfast = await given(TWO, {
      policies: { shaken: { chaos: { killWorker: { rate: 1 } } }, calm: {} },
    });
    for (let task = 0; task < 20; task++) await holdfast.offload('echo', task, { policy: 'shaken' });
    holdfast.chaos.enable({ kinds: ['killWorker'] });
    for (let task = 0; task < 20; task++) await holdfast.offload('echo', task, { policy: 'calm' });
    assert.equal(await strikes(holdfast, 'killWorker'), 0);
    assert.equal(holdfast.workers?.lost, 0);
    await holdfast.stop();
  });

  it('is handled as a crash is, and no task is called poison for it', async () => {
    const holdfast = await given(
      { ...TWO, maxCrashes: 1 },
      shaken({ bulkhead: { maxConcurrent: 3 }, chaos: { killWorker: { rate: 1 } } }),
    );
    holdfast.chaos.enable({ policies: ['shaken'], kinds: ['killWorker'] });
    const reasons: string[] = [];
    while (reasons.length === 0) {
      const run = () => holdfast.offload('echo', 1, { policy: 'shaken' });
      for (const settled of await Promise.allSettled([run(), run(), run()])) {
        if (settled.status === 'rejected') reasons.push(`${settled.reason.code}: ${settled.reason.message}`);
      }
    }
    for (const reason of reasons) assert.match(reason, /^HF_WORKER_LOST: .*chaos ended it/);
    assert.equal(holdfast.policy('shaken').bulkhead?.active, 0, 'their slots have returned');
    assert.equal(holdfast.workers?.tasks.get('echo')?.lost, reasons.length);
    assert.equal(await strikes(holdfast, 'killWorker'), holdfast.workers?.lost, 'each is counted');
    assert.equal(await holdfast.offload('echo', 2), 2);
    await holdfast.stop();
  });

  it('lets what is idempotent run again, on the thread that it always spares', async () => {
    const holdfast = await given({ ...TWO, maxCrashes: 1 }, shaken({ chaos: { killWorker: { rate: 1 } } }));
    holdfast.chaos.enable();
    const options = { policy: 'shaken', idempotent: true };
    while (!holdfast.workers?.lost) {
      const values = [1, 2, 3];
      const all = values.map((value) => holdfast.offload('echo', value, options));
      assert.deepEqual(await Promise.all(all), values);
    }
    await holdfast.stop();
  });

  it('ends with the experiment', async () => {
    const holdfast = await given(TWO, shaken({ chaos: { killWorker: { rate: 1 } } }));
    holdfast.chaos.enable({ forMs: 60_000 });
    await untilStruck(holdfast, 'killWorker');
    holdfast.chaos.disable();
    const before = await strikes(holdfast, 'killWorker');
    for (let task = 0; task < 20; task++) await holdfast.offload('echo', task, { policy: 'shaken' });
    assert.equal(await strikes(holdfast, 'killWorker'), before);
    await holdfast.stop();
  });

  it('spares a thread that is alone', async () => {
    const holdfast = await given(
      {},
      shaken({ chaos: { killWorker: { rate: 1 }, block: { rate: 1, ms: 5_000 } } }),
    );
    holdfast.chaos.enable();
    const shared = words(64);
    for (let task = 0; task < 20; task++) {
      await holdfast.offload('mark', { words: shared, at: 0, value: task }, { policy: 'shaken' });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual([holdfast.workers?.lost, await strikes(holdfast, 'block')], [0, 0]);
    await holdfast.stop();
  });
});

describe('chaos that blocks threads', () => {
  it('holds the thread for as long as it says, and the task runs behind that', async () => {
    const holdfast = await given(TWO, shaken({ chaos: { block: { rate: 1, ms: 60 } } }));
    holdfast.chaos.enable();
    await untilStruck(holdfast, 'block');
    let longestMs = 0;
    while (longestMs < 55) {
      const run = async (value: number) => {
        const startMs = performance.now();
        assert.equal(await holdfast.offload('echo', value, { policy: 'shaken' }), value);
        longestMs = Math.max(longestMs, performance.now() - startMs);
      };
      await Promise.all([run(1), run(2)]);
    }
    assert.equal(holdfast.workers?.lost, 0);
    await holdfast.stop();
  });

  it('is seen by the timeouts, and ended with its thread after the grace', async () => {
    const holdfast = await given(
      { ...TWO, graceMs: 10 },
      shaken({ timeout: { totalMs: 30 }, chaos: { block: { rate: 1, ms: 2_000 } } }),
    );
    holdfast.chaos.enable();
    let late: (Error & Record<string, unknown>) | undefined;
    while (late === undefined) {
      const run = () => holdfast.offload('echo', 1, { policy: 'shaken' });
      const settled = await Promise.allSettled([run(), run()]);
      late = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))[0];
    }
    assert.equal(late.code, 'HF_TIMEOUT');
    holdfast.chaos.disable();
    assert.equal(await holdfast.offload('echo', 2), 2);
    await holdfast.stop();
  });
});
