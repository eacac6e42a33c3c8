import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, type HoldfastOptions, tasksOf } from '../../src/index.ts';

const tasks = tasksOf<typeof import('./channel-tasks.ts')>(new URL('./channel-tasks.ts', import.meta.url));

async function running(threads: number, chaos: NonNullable<HoldfastOptions['policies']>[string]['chaos']) {
  const holdfast = createHoldfast({
    memory: { policies: 4, threads: 64, keys: 0 },
    health: { builtIn: false },
    policies: { send: { chaos }, other: {} },
    workers: { tasks, minThreads: threads, maxThreads: threads, maxCrashes: 1_000 },
  });
  await holdfast.start();
  return holdfast;
}

type Running = Awaited<ReturnType<typeof running>>;

/** Offloads until there was what is waited for. */
async function until(holdfast: Running, policy: string, seen: () => boolean | Promise<boolean>) {
  const untilMs = performance.now() + 30_000;
  while (performance.now() < untilMs) {
    const calls = Array.from({ length: 4 }, (_, value) =>
      // Long enough that each thread gets its share of them.
      holdfast.offload('echoLater', value, { policy, idempotent: true }),
    );
    assert.deepEqual(await Promise.all(calls), [0, 1, 2, 3]);
    if (await seen()) return;
  }
  assert.fail('it never came');
}

async function injected(holdfast: Running, kind: string): Promise<number> {
  const text = await holdfast.metrics.metrics();
  const line = new RegExp(`^holdfast_chaos_injections_total\\{kind="${kind}",policy="send"\\} (\\d+)$`, 'm');
  return Number(line.exec(text)?.[1]);
}

describe('chaos on threads', () => {
  it('ends threads that a policy’s tasks run on, and the pool goes on', async () => {
    await using holdfast = await running(2, { killWorker: { rate: 1 } });
    holdfast.chaos.enable({ kinds: ['killWorker'] });
    await until(holdfast, 'send', () => (holdfast.workers?.lost ?? 0) >= 2);
    const killed = await injected(holdfast, 'killWorker');
    assert.ok(killed >= 2 && killed >= (holdfast.workers?.lost ?? 0), `${killed} killed`);
    holdfast.chaos.disable();
    await holdfast.threads(10_000);
    const lost = holdfast.workers?.lost;
    for (let round = 0; round < 20; round++) await until(holdfast, 'send', () => true);
    assert.equal(holdfast.workers?.lost, lost);
  });

  it('lets threads stand still for a while', async () => {
    await using holdfast = await running(2, { block: { rate: 1, ms: 5 } });
    holdfast.chaos.enable();
    await until(holdfast, 'send', async () => (await injected(holdfast, 'block')) >= 3);
    assert.equal(holdfast.workers?.lost, 0);
  });

  it('always spares one: where there is but one, nothing happens to it', async () => {
    await using holdfast = await running(1, { killWorker: { rate: 1 }, block: { rate: 1, ms: 60_000 } });
    holdfast.chaos.enable();
    for (let round = 0; round < 20; round++) {
      await holdfast.threads(10_000);
      await until(holdfast, 'send', () => true);
    }
    assert.equal(holdfast.workers?.lost, 0);
    assert.equal(await injected(holdfast, 'killWorker'), 0);
  });

  it('leaves the tasks of other policies alone', async () => {
    await using holdfast = await running(2, { killWorker: { rate: 1 } });
    holdfast.chaos.enable();
    await holdfast.threads(10_000);
    for (let round = 0; round < 20; round++) await until(holdfast, 'other', () => true);
    assert.equal(holdfast.workers?.lost, 0);
  });
});
