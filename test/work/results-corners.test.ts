// What comes back from a thread, or does not, at bad moments.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createHoldfast,
  type Holdfast,
  type HoldfastOptions,
  tasksOf,
  type WorkersOptions,
} from '../../src/index.ts';
import { unreadable } from './corner-tasks.ts';
import { errorOf, open, reached, words } from './given.ts';

type Tasks = typeof import('./corner-tasks.ts');
const tasks = tasksOf<Tasks>(new URL('./corner-tasks.ts', import.meta.url));
const isNode = process.versions.bun === undefined && process.versions.deno === undefined;

async function withThread(
  workers: Partial<WorkersOptions>,
  options: HoldfastOptions,
  scene: (holdfast: Holdfast<string, Tasks>) => Promise<void>,
): Promise<void> {
  const holdfast = createHoldfast({
    memory: { policies: 8, threads: 8, keys: 0 },
    ...options,
    workers: { tasks, maxThreads: 1, ...workers },
  }) as Holdfast<string, Tasks>;
  await holdfast.start();
  try {
    await scene(holdfast);
  } finally {
    await holdfast.stop({ drainMs: 0 });
  }
}

/** Holds this thread up. */
function stall(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe('a result that can be sent and not be read', () => {
  it('is the task module’s fault, and takes no neighbour with it', async () => {
    await withThread({}, {}, async (holdfast) => {
      const alone = await errorOf(holdfast.offload('unreadable'));
      assert.equal(alone.code, 'HF_TASK_MODULE');
      assert.match(alone.message, /"unreadable" returned what cannot be cloned/);
      await Promise.all(Array.from({ length: 20 }, () => holdfast.offload('echo', 0)));
      const among = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) =>
          index % 10 === 5 ? holdfast.offload('unreadable') : holdfast.offload('echo', index),
        ),
      );
      for (const [index, result] of among.entries()) {
        if (index % 10 === 5) assert.equal(result.status, 'rejected');
        else assert.deepEqual(result, { status: 'fulfilled', value: index });
      }
    });
  });
});

describe('an input that can be sent and not be read', () => {
  it('is refused by its task’s name, and the others of its message run', async () => {
    await withThread({}, {}, async (holdfast) => {
      await Promise.all(Array.from({ length: 20 }, () => holdfast.offload('echo', 0)));
      const settled = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) =>
          holdfast.offload('echo', index === 25 ? unreadable() : index),
        ),
      );
      for (const [index, result] of settled.entries()) {
        if (index !== 25) assert.deepEqual(result, { status: 'fulfilled', value: index });
        else assert.match(String((result as PromiseRejectedResult).reason), /input of task "echo"/);
      }
    });
  });
});

describe('a task whose deadline passes', () => {
  it('while it waits on its thread is not begun there, though nobody has time to take it back', async () => {
    await withThread({}, {}, async (holdfast) => {
      const shared = words();
      const marked = { words: words(), at: 0, value: 1 };
      for (let round = 0; round < 10; round++) {
        await holdfast.offload('echoOrWait');
        await holdfast.offload('mark', { ...marked, words: words() });
      }
      const first = holdfast.offload('echoOrWait');
      const second = holdfast.offload('echoOrWait', shared);
      const late = errorOf(holdfast.offload('mark', marked, { timeoutMs: 100 }));
      await first;
      stall(150);
      open(shared);
      stall(100);
      assert.equal((await late).code, 'HF_TIMEOUT');
      await second;
      await holdfast.offload('echo', 0);
      assert.equal(marked.words[0], 0);
    });
  });
});

describe('a thread that is busy with what is no JavaScript', () => {
  it('cannot be ended, and is done with once it has ended by itself', async () => {
    await withThread({ graceMs: 10 }, {}, async (holdfast) => {
      const shared = words();
      const error = await errorOf(holdfast.offload('grind', shared, { timeoutMs: 200 }));
      assert.equal(error.code, 'HF_TIMEOUT');
      assert.equal(await holdfast.offload('echo', 1), 1, 'another one takes its place');
      if (!isNode) return;
      // Told while it grinds on: a fast machine may be done with it before the other thread has begun.
      while (holdfast.workers?.threads.unended !== 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  });
});

describe('a task under a policy', () => {
  it('runs where the policy cannot be used, since its function stayed behind', async () => {
    const chaos = { killWorker: { rate: 1 } };
    const send = { chaos, isFailure: ({ ok }: { ok: boolean }) => !ok };
    await withThread({ minThreads: 2, maxThreads: 2 }, { policies: { send } }, async (holdfast) => {
      // From here on all threads know what chaos may do to them.
      await holdfast.threads(20_000);
      holdfast.chaos.enable({ forMs: 60_000 });
      for (let round = 0; round < 10; round++) {
        const run = () => holdfast.offload('echo', 7, { policy: 'send' });
        assert.deepEqual(await Promise.all([run(), run(), run()]), [7, 7, 7]);
      }
    });
  });

  it('is asked to stop also where its policy has looked at the signal before', async () => {
    const attemptMs = ({ signal }: { signal: AbortSignal }) => (signal.aborted ? 1 : 100);
    await withThread(
      { graceMs: 5_000 },
      { policies: { send: { timeout: { attemptMs } } } },
      async (holdfast) => {
        const shared = words();
        const error = await errorOf(holdfast.offload('untilAsked', shared, { policy: 'send' }));
        assert.equal(error.code, 'HF_TIMEOUT');
        await reached(shared, 1, 1);
      },
    );
  });

  it('must be told the policy by its name', async () => {
    await withThread({}, {}, async (holdfast) => {
      const error = await errorOf(holdfast.offload('echo', 7, { policy: 7 as never }));
      assert.match(error.message, /^offload\.policy: expected the name of a policy/);
    });
  });

  it('with nothing in its list of what is handed over may be run again', async () => {
    const send = { retry: { maxRetries: 1 } };
    await withThread({}, { policies: { send } }, async (holdfast) => {
      assert.equal(await holdfast.offload('echo', 7, { policy: 'send', transfer: [] }), 7);
    });
  });
});
