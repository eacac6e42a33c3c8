import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Compartment } from '../../src/work/compartment.ts';
import type { Group } from '../../src/work/group.ts';
import { classesIn } from '../../src/work/known-classes.ts';
import { isAnswer, RETURNED, UNREADABLE } from '../../src/work/messages.ts';
import { Task } from '../../src/work/task.ts';
import { TaskKind } from '../../src/work/task-kind.ts';

describe('a compartment', () => {
  const kind = new TaskKind('a');
  const given = () => {
    const compartment = new Compartment('a', 1, undefined as unknown as Group);
    const task = (input: number, priority = 4) =>
      new Task(
        kind,
        input,
        { priority, transfer: undefined, idempotent: false },
        compartment,
        1,
        0,
        () => {},
        () => {},
      );
    const inputs = () => compartment.tasks.map(({ input }) => input);
    return { compartment, task, inputs };
  };

  it('keeps tasks by priority, then by arrival', () => {
    const { compartment, task, inputs } = given();
    for (const [input, priority] of [
      [1, 4],
      [2, 7],
      [3, 0],
      [4, 7],
    ])
      compartment.push(task(input, priority));
    assert.deepEqual(inputs(), [2, 4, 1, 3]);
    assert.equal(compartment.head?.input, 2);
    assert.equal(compartment.waiting, 4);
  });

  it('takes tasks back before the others of their priority, in their old order', () => {
    const { compartment, task, inputs } = given();
    const [first, second, urgent] = [task(1), task(2), task(3, 6)];
    compartment.push(task(4));
    compartment.push(task(5, 6));
    compartment.putBack([urgent, first, second]);
    assert.deepEqual(inputs(), [3, 5, 1, 2, 4]);
  });

  it('lets go of a task wherever it stands, once', () => {
    const { compartment, task, inputs } = given();
    const tasks = [1, 2, 3].map((input) => task(input));
    for (const each of tasks) compartment.push(each);
    for (const [index, left] of [
      [1, [1, 3]],
      [0, [3]],
      [2, []],
    ] as const) {
      compartment.remove(tasks[index]);
      compartment.remove(tasks[index]);
      assert.deepEqual(inputs(), left);
    }
    assert.equal(compartment.head, null);
    assert.equal(compartment.waiting, 0);
  });
});

describe('what is known of a kind of task', () => {
  it('is nothing before the first, then follows longer ones faster than shorter ones', () => {
    const kind = new TaskKind('a');
    assert.equal(kind.expectedMs, Number.POSITIVE_INFINITY);
    kind.measured(1);
    assert.equal(kind.expectedMs, 1);
    kind.measured(3);
    assert.equal(kind.expectedMs, 2);
    kind.measured(1);
    assert.equal(kind.expectedMs, 1.9);
  });

  it('is not spoilt by one that was held up, and learns from several', () => {
    const kind = new TaskKind('a');
    kind.measured(0.01);
    kind.measured(50);
    assert.ok(kind.expectedMs < 0.05, `${kind.expectedMs}`);
    for (let more = 0; more < 8; more++) kind.measured(50);
    assert.ok(kind.expectedMs > 25, `${kind.expectedMs}`);
  });

  it('counts crashes in a row, and forgets them when one ends well', () => {
    const kind = new TaskKind('a');
    kind.crashed();
    assert.equal(kind.refusedForMs(2), 0);
    kind.crashed();
    assert.ok(kind.refusedForMs(2) > 0);
    kind.measured(1);
    assert.equal(kind.refusedForMs(2), 0);
  });
});

describe('an answer of a worker', () => {
  it('is told from what is none', () => {
    assert.ok(isAnswer([3, RETURNED, 'a', 0.5]));
    const others = [
      undefined,
      'a',
      {},
      [],
      [1, RETURNED, 1],
      ['1', RETURNED, 1, 1],
      [1, UNREADABLE + 1, 1, 1],
      [1, RETURNED, 1, -1],
      [1, RETURNED, 1, Number.NaN],
    ];
    for (const other of others) assert.equal(isAnswer(other), false);
  });
});

describe('error classes', () => {
  class Own extends Error {}

  it('are found by name among an error, its causes and its errors', () => {
    const error = new AggregateError([new Own('inner')], 'outer', { cause: new RangeError('cause') });
    const found = classesIn(error, new Set(['Own', 'RangeError', 'Other']));
    assert.deepEqual(found.map(({ name }) => name).sort(), ['Own', 'RangeError']);
  });

  it('are not looked for in what is no error, nor in a circle without end', () => {
    const error = new Own('round');
    error.cause = error;
    assert.equal(classesIn(error, new Set(['Own'])).length, 1);
    assert.deepEqual(classesIn({ constructor: Own }, new Set(['Own'])), []);
  });
});
