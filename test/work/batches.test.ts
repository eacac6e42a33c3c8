import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { errorOf, given, open, reached, type Tasks, words } from './given.ts';

describe('small tasks in one message', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given({ maxQueue: 100_000 });
    // From now on they are known to be short.
    await Promise.all(Array.from({ length: 100 }, (_, index) => holdfast.offload('echo', index)));
  });

  after(() => holdfast.stop());

  it('each have their own result', async () => {
    const inputs = Array.from({ length: 5_000 }, (_, index) => index);
    assert.deepEqual(await Promise.all(inputs.map((input) => holdfast.offload('echo', input))), inputs);
  });

  it('each have their own error', async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        index % 3 === 0 ? holdfast.offload('fail', `at ${index}`) : holdfast.offload('echo', index),
      ),
    );
    for (const [index, result] of settled.entries()) {
      if (index % 3 !== 0) assert.deepEqual(result, { status: 'fulfilled', value: index });
      else assert.equal((result as PromiseRejectedResult).reason.message, `at ${index}`);
    }
  });

  it('run one at a time, also when they wait for something', async () => {
    const shared = words();
    await Promise.all(Array.from({ length: 100 }, () => holdfast.offload('alone', shared)));
    assert.equal(shared[1], 1, 'never were two begun');
    assert.equal(shared[2], 100);
  });

  it('are answered before the next one begins', async () => {
    const shared = words();
    const answered: number[] = [];
    const early = Array.from({ length: 20 }, (_, index) =>
      holdfast.offload('echo', index).then((value) => answered.push(value as number)),
    );
    const late = holdfast.offload('gate', shared);
    await Promise.all(early);
    assert.equal(answered.length, 20, 'while the one behind them still runs');
    open(shared);
    await late;
  });

  it('are begun on another thread when the one before them takes longer than it should', async () => {
    const two = await given({ minThreads: 2, maxThreads: 2 });
    await Promise.all(Array.from({ length: 100 }, (_, index) => two.offload('echoOrWait', { value: index })));
    const shared = words();
    const values = Array.from({ length: 60 }, (_, index) => index);
    const all = values.map((value) =>
      two.offload('echoOrWait', { value, words: value === 3 ? shared : undefined }),
    );
    const others = all.filter((_, index) => index !== 3);
    assert.equal((await Promise.all(others)).length, 59, 'while that one still runs');
    open(shared);
    await all[3];
    await two.stop();
  });

  it('do not begin once they are aborted, and take no neighbour with them', async () => {
    const shared = words(64);
    const first = holdfast.offload('gate', shared);
    const controller = new AbortController();
    const tasks = Array.from({ length: 30 }, (_, index) => {
      const options = index % 2 === 0 ? { signal: controller.signal } : {};
      return holdfast.offload('mark', { words: shared, at: 2 + (index % 2) * 32, value: index }, options);
    });
    await reached(shared, 0, 1);
    controller.abort();
    const aborted = await Promise.all(tasks.filter((_, index) => index % 2 === 0).map(errorOf));
    assert.ok(aborted.every(({ name }) => name === 'AbortError'));
    open(shared);
    await Promise.all([first, ...tasks.filter((_, index) => index % 2 === 1)]);
    assert.deepEqual([shared[2], shared[34]], [0, 15]);
  });

  it('never travel with what is transferred', async () => {
    const buffers = Array.from({ length: 20 }, (_, index) => new Uint8Array(index + 1));
    const lengths = buffers.map((bytes) => holdfast.offload('length', bytes, { transfer: [bytes.buffer] }));
    const others = Array.from({ length: 20 }, (_, index) => holdfast.offload('echo', index));
    assert.deepEqual(
      await Promise.all(lengths),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    await Promise.all(others);
  });
});
