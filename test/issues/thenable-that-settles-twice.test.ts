// A task that returned a thenable of its own making, which settled twice, was answered twice, and the next task of its
// batch began while another was under way. Each task is answered once, and one at a time runs.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { makeBoard } from '../../src/work/board.ts';
import { LaneLoop } from '../../src/work/lane-loop.ts';
import { type Answer, TASKS } from '../../src/work/messages.ts';
import type { LoadedTasks } from '../../src/work/task-module.ts';

it('a thenable that settles twice ends its task once', async () => {
  let inside = 0;
  let most = 0;
  const slow = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  // biome-ignore lint/suspicious/noThenProperty: this is what is tried
  const twice = { then: (settle: (value: number) => void) => queueMicrotask(() => [settle(1), settle(2)]) };
  const tasks: LoadedTasks = {
    url: 'file:///tasks.js',
    names: ['twice', 'slow'],
    refuse: () => assert.fail('a name'),
    call: (place) => (place === 0 ? twice : slow()),
  };
  const answers: Answer[] = [];
  const port = { postMessage: (message: unknown) => void answers.push(message as Answer) };
  new LaneLoop(port, makeBoard(), tasks, []).take([TASKS, 0, 1, 0, undefined, 1, undefined, 1, undefined]);
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    answers.map(([number]) => number),
    [1, 2, 3],
  );
  assert.equal(most, 1);
});
