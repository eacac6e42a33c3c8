import assert from 'node:assert/strict';
import process from 'node:process';
import { describe, it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import { checkReadable } from '../../src/work/type-stripping.ts';
import { errorOf } from './given.ts';

async function startWith(source: string, workers: object = {}) {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const holdfast = createHoldfast({
    memory: { policies: 1 },
    workers: { tasks: tasksOf<Record<string, never>>(url), maxThreads: 1, ...workers },
  });
  const error = await errorOf(holdfast.start());
  return { url, error, cause: error.cause as Error & Record<string, unknown>, holdfast };
}

describe('a tasks module', () => {
  it('that does not exist is named by the error of the start', async () => {
    const holdfast = createHoldfast({
      memory: { policies: 1 },
      workers: { tasks: tasksOf(new URL('./no-such-tasks.js', import.meta.url)), maxThreads: 1 },
    });
    const error = await errorOf(holdfast.start());
    assert.equal(error.code, 'HF_START_FAILED');
    assert.equal(error.component, 'workers');
    const cause = error.cause as Error & Record<string, unknown>;
    assert.equal(cause.code, 'HF_TASK_MODULE');
    assert.match(cause.message, /no-such-tasks\.js/);
  });

  it('that throws while loading is named with what it threw', async () => {
    const { cause, url } = await startWith('throw new RangeError("not today")');
    assert.equal(cause.code, 'HF_TASK_MODULE');
    assert.equal(cause.url, url);
    assert.match(cause.message, /RangeError: not today/);
    assert.ok(cause.cause instanceof RangeError);
  });

  it('that ends its thread while loading is named too', async () => {
    const { cause } = await startWith(
      'import process from "node:process"; process.exit(4); export const a = () => 1',
    );
    assert.equal(cause.code, 'HF_TASK_MODULE');
    // Bun's import comes to an end all the same, with nothing.
    assert.match(cause.message, process.versions.bun ? /cannot be used/ : /died while loading/);
  });

  it('without a function is of no use', async () => {
    const { cause } = await startWith('export const a = 1');
    assert.match(cause.message, /exports no function/);
  });

  it('leaves a runtime whose start failed without threads, free to be started again', async () => {
    const { holdfast } = await startWith('export const a = 1');
    assert.equal(holdfast.state, 'failed');
    assert.deepEqual(holdfast.workers?.threads, { busy: 0, idle: 0, starting: 0, unended: 0 });
    await errorOf(holdfast.start());
  });

  it('of TypeScript is refused where the runtime does not strip types and nobody else was asked to', () => {
    const node20 = { versions: { node: '20.20.2' }, features: {}, execArgv: [], env: {} };
    const url = 'file:///app/tasks.ts';
    assert.throws(() => checkReadable('workers.tasks', url, node20), {
      code: 'HF_BAD_OPTION',
      message:
        /workers\.tasks: expected the URL of a JavaScript file.* does not strip types, got file:.*tasks\.ts/,
    });
    const fine = [
      { ...node20, versions: { bun: '1' } },
      { ...node20, features: { typescript: 'strip' } },
      { ...node20, execArgv: ['--import', 'tsx'] },
      { ...node20, env: { NODE_OPTIONS: '--import=tsx' } },
    ];
    for (const facts of fine) checkReadable('workers.tasks', url, facts);
    checkReadable('workers.tasks', 'file:///app/tasks.js', node20);
  });
});
