// The thread's side of a lane, with a port and a board that this test holds in its hand.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromWire } from '../../src/base/error-wire.ts';
import { threadNow } from '../../src/base/thread-time.ts';
import { createHoldfast } from '../../src/index.ts';
import { attach } from '../../src/policy/attached.ts';
import { makeBoard, revoke } from '../../src/work/board.ts';
import { LaneLoop } from '../../src/work/lane-loop.ts';
import { ABORT, LATE, RETURNED, TASKS, THREW } from '../../src/work/messages.ts';
import { loadTasks } from '../../src/work/task-module.ts';
import { enterRuntime, holdfast as inWorker } from '../../src/work/worker-runtime.ts';

async function given() {
  const answers: unknown[][] = [];
  const board = makeBoard();
  const url = new URL('./tasks.ts', import.meta.url).href;
  const tasks = await loadTasks(url, undefined);
  const port = { postMessage: (message: unknown) => void answers.push(message as unknown[]) };
  const loop = new LaneLoop(port, board, tasks, []);
  const place = (name: string) => tasks.names.indexOf(name);
  return { answers, board, loop, place };
}

describe('a thread’s loop', () => {
  it('runs what it knows by its place, and more about it when that is told', async () => {
    const { answers, loop, place } = await given();
    loop.take([TASKS, 0, 1, place('echo'), 'a', ~place('facts'), undefined, 0, 3, 'send', undefined]);
    assert.deepEqual(
      answers.map(([number, kind, value]) => [number, kind, value]),
      [
        [1, RETURNED, 'a'],
        [2, RETURNED, { attempt: 3, policy: 'send', limited: false }],
      ],
    );
  });

  it('refuses a task that its module has not, by the names that it has', async () => {
    const { answers, loop } = await given();
    loop.take([TASKS, 0, 1, 'ecoh', 'a', 0, 1, '', undefined]);
    const [[number, kind, value]] = answers;
    assert.deepEqual([number, kind], [1, THREW]);
    const error = fromWire(value) as Error & { code: string };
    assert.equal(error.code, 'HF_UNKNOWN_TASK');
    assert.match(error.message, /echo/);
  });

  it('says of a task that came too late that it was, and goes on with the next', async () => {
    const { answers, loop, place } = await given();
    const passed = threadNow() - 1;
    loop.take([TASKS, 0, 1, ~place('echo'), 'late', passed, 1, '', undefined, place('echo'), 'next']);
    assert.deepEqual(
      answers.map(([number, kind, value]) => [number, kind, value]),
      [
        [1, LATE, undefined],
        [2, RETURNED, 'next'],
      ],
    );
  });

  it('takes no notice of an abort of what is over, nor of what was sent before a recall', async () => {
    const { answers, board, loop, place } = await given();
    loop.take([TASKS, 0, 1, place('echo'), 'a']);
    loop.take([ABORT, 1, undefined]);
    assert.equal(answers.length, 1);
    revoke(board);
    loop.take([TASKS, 0, 2, place('echo'), 'b']);
    loop.take([TASKS, -1, 3, place('echo'), 'c']);
    assert.equal(answers.length, 1);
  });
});

describe('the runtime of a thread', () => {
  it('is not there where no runtime has started the thread, and is that one’s where one has', () => {
    assert.throws(
      () => inWorker.policy('send'),
      /^OptionsError: holdfast\/worker: expected a thread of a pool/,
    );
    const home = createHoldfast({
      name: 'orders',
      policies: { send: {} },
      memory: { policies: 2, threads: 2, keys: 0 },
    });
    const runtime = attach(home.share(new EventTarget()));
    enterRuntime(runtime);
    assert.equal(inWorker.name, 'orders');
    assert.equal(inWorker.engine, home.engine);
    assert.deepEqual([...inWorker.policies], ['send']);
    assert.equal(inWorker.policy('send'), runtime.policy('send'));
  });
});
