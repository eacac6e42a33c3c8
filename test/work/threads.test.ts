import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { given, open, reached, type Tasks, words } from './given.ts';

/** Keeps so many threads busy at once; gives what lets them go. */
async function occupy(holdfast: Holdfast<string, Tasks>, threads: number): Promise<() => Promise<unknown>> {
  const shared = words();
  const tasks = Array.from({ length: threads }, () => holdfast.offload('gate', shared));
  await reached(shared, 0, threads);
  return () => {
    open(shared);
    return Promise.all(tasks);
  };
}

const countOf = (holdfast: Holdfast<string, Tasks>): number => {
  const { busy = 0, idle = 0 } = holdfast.workers?.threads ?? {};
  return busy + idle;
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('threads beyond those that are always there', () => {
  it('start when all others are busy', async () => {
    const holdfast = await given({ minThreads: 1, maxThreads: 2 });
    assert.equal(countOf(holdfast), 1);
    const letGo = await occupy(holdfast, 2);
    assert.equal(countOf(holdfast), 2);
    await letGo();
    await holdfast.stop();
  });

  it('end when they have had nothing to do for a while, and are not counted as lost', async () => {
    const told: string[] = [];
    const listen = (message: unknown) => told.push((message as { event: string }).event);
    subscribe('holdfast:worker', listen);
    const holdfast = await given({ minThreads: 1, maxThreads: 3, idleTimeoutMs: 40 });
    await (await occupy(holdfast, 3))();
    await until(() => countOf(holdfast) === 1);
    assert.equal(holdfast.workers?.lost, 0);
    assert.deepEqual(told, ['started', 'started', 'started', 'retired', 'retired']);
    await (await occupy(holdfast, 2))();
    assert.equal(told.at(-1), 'started', 'and one starts again when it is needed');
    await holdfast.stop();
    unsubscribe('holdfast:worker', listen);
  });

  it('stay as long as they have something to do', async () => {
    const holdfast = await given({ minThreads: 1, maxThreads: 2, idleTimeoutMs: 20 });
    const letGo = await occupy(holdfast, 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(countOf(holdfast), 2);
    await letGo();
    await until(() => countOf(holdfast) === 1);
    await holdfast.stop();
  });
});
