import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createHoldfast, type Holdfast } from '../../src/index.ts';
import { requests } from './context-module.ts';
import { errorOf, given, type Tasks, tasks } from './given.ts';

describe('a context module', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given(
      { context: new URL('./context-module.ts', import.meta.url) },
      { policies: { send: {} } },
    );
  });

  after(() => holdfast.stop());

  it('carries the value of an AsyncLocalStorage to the task', async () => {
    const run = (id: string) => requests.run(id, () => holdfast.offload('request'));
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(run)), ['a', 'b', 'c']);
    assert.equal(await holdfast.offload('request'), undefined);
  });

  it('carries it under a policy too', async () => {
    const run = () => holdfast.offload('request', undefined, { policy: 'send' });
    assert.equal(await requests.run('guarded', run), 'guarded');
  });

  it('that lacks what is needed is named when the runtime starts', async () => {
    const context = new URL('./given.ts', import.meta.url);
    const broken = createHoldfast({ memory: { policies: 1 }, workers: { tasks, maxThreads: 1, context } });
    const { cause } = await errorOf(broken.start());
    assert.match(
      String(cause),
      /given\.ts cannot be used; it does not export the functions capture\(\) and run/,
    );
  });
});
