import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { spawnWorker } from '../support/spawn.ts';

describe('a thread started on a TypeScript file', () => {
  const shared = new SharedArrayBuffer(4);
  let worker: Worker;

  before(() => {
    worker = spawnWorker(new URL('./echo-worker.ts', import.meta.url), { shared });
  });

  after(async () => {
    await worker.terminate();
  });

  it('answers, having imported another TypeScript file', async () => {
    worker.postMessage({ name: 'thread' });
    const [answer] = await once(worker, 'message');
    assert.equal(answer, 'hello thread');
  });

  it('writes to memory that its parent reads', () => {
    assert.equal(Atomics.load(new Int32Array(shared), 0), 1);
  });
});
