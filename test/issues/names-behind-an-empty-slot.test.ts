// Whoever looked for a policy's name stopped at the first slot that had never had one, though a slot is taken some time
// before its name is entered. Names behind it are found.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Arena } from '../../src/state/arena.ts';
import { enterOnMain, entries } from '../../src/state/directory.ts';
import { StatePlane } from '../../src/state/plane.ts';

it('a name is found behind a slot that has none yet', () => {
  const plane = StatePlane.create({ policies: 4, threads: 1, keys: 0 }, 0);
  const arena = new Arena(plane);
  const [first, second] = [arena.takeOnMain('first'), arena.takeOnMain('second')];
  enterOnMain(plane, 'second', 'second', second);
  assert.deepEqual(
    entries(plane).map(({ name, index }) => [name, index]),
    [['second', second]],
  );
  enterOnMain(plane, 'first', 'first', first);
  assert.equal(entries(plane).length, 2);
});
