import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import { makeBoard } from '../../src/work/board.ts';
import { LaneLoop } from '../../src/work/lane-loop.ts';
import { type Answer, isAnswer, LATE, RETURNED, TASKS, THREW, UNREADABLE } from '../../src/work/messages.ts';
import type { LoadedTasks } from '../../src/work/task-module.ts';
import { anything, built } from './anything.ts';
import { sized } from './sizes.ts';

const NAMES = ['give', 'fail', 'giveLater', 'failLater', 'giveTwice'];

/** Five ways to end with the input, where the worker would have the module's tasks. */
const TASKS_HERE: LoadedTasks = {
  url: 'file:///tasks.js',
  names: NAMES,
  refuse(name) {
    throw new RangeError(`no ${name}`);
  },
  call(place, input) {
    const given = built(input);
    const twice = ['th', 'en'].join('');
    if (place === 0) return given;
    if (place === 1) throw given;
    if (place === 2) return Promise.resolve().then(() => given);
    if (place === 3) return Promise.reject(given);
    if (place > 4 || place < 0) throw new TypeError('no such place');
    return { [twice]: (resolve: (value: unknown) => void) => [resolve(given), resolve(given)] };
  },
};

const task = fc.record({
  kind: fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(...NAMES), fc.string()),
  input: anything,
  deadlineMs: fc.constantFrom(0, 1, 1e12),
  carried: anything,
});

/** A loop that answers as into a port: what cannot be cloned throws there. */
function loopOn(answers: Answer[]): LaneLoop {
  const port = { postMessage: (message: unknown) => void answers.push(structuredClone(message) as Answer) };
  return new LaneLoop(port, makeBoard(), TASKS_HERE, ['RangeError', 'Odd']);
}

describe('the messages between pool and thread', () => {
  it('are each answered once, in order, whatever the tasks take, give or throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(task, { minLength: 1, maxLength: 6 }), async (tasks) => {
        const answers: Answer[] = [];
        const message: unknown[] = [TASKS, 0, 1];
        for (const { kind, input, deadlineMs, carried } of tasks) {
          message.push(kind, input);
          if (!(typeof kind === 'number' && kind >= 0)) message.push(deadlineMs, 1, 'send', carried);
        }
        loopOn(answers).take(message);
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
        // One that never settles holds up those behind it, as it would hold up its thread.
        const numbers = answers.map(([number]) => number);
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => index + 1),
        );
        assert.ok(
          answers.length === tasks.length || holdsUp(tasks[answers.length]),
          `${answers.length} of ${tasks.length}`,
        );
        for (const answer of answers) {
          assert.ok(isAnswer(answer));
          if (answer[1] === THREW) fromWire(answer[2], { classes: [RangeError] });
        }
      }),
      sized(300),
    );
  });

  it('are answers, or are none', () => {
    fc.assert(
      fc.property(anything, anything, (first, second) => {
        const [number, ms] = [arrived(first), arrived(second)];
        isAnswer(number);
        for (const kind of [RETURNED, THREW, LATE, UNREADABLE]) {
          const good = typeof number === 'number' && typeof ms === 'number' && ms >= 0;
          assert.equal(isAnswer([number, kind, undefined, ms]), good);
          assert.equal(isAnswer([number, kind, undefined, ms, 0]), false);
        }
        assert.equal(isAnswer([1, number, undefined, 0]), [0, 1, 2, 3].includes(number as number));
        assert.doesNotThrow(() => structuredClone(toWire(number)));
      }),
      sized(300),
    );
  });
});

/** What a port could have brought. */
function arrived(recipe: unknown): unknown {
  try {
    return structuredClone(built(recipe));
  } catch {
    return undefined;
  }
}

function holdsUp({ kind, input }: { kind: number | string; input: unknown }): boolean {
  const place = typeof kind === 'number' ? (kind >= 0 ? kind : ~kind) : -1;
  return (place === 0 || place === 2 || place === 4) && String(input) === "odd('promise')";
}
