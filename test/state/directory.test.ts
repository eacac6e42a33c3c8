import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Arena } from '../../src/state/arena.ts';
import { directoryGeneration, enterOnMain, entries, removeOnMain } from '../../src/state/directory.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { givenPlane } from './given.ts';

function given() {
  const plane = givenPlane({ policies: 4 });
  const arena = new Arena(plane);
  // Another thread's view; the memory is the same.
  const view = StatePlane.attach(new Threads(plane).reserveOnMain());
  const enter = (name: string) => {
    const index = arena.takeOnMain(name);
    enterOnMain(plane, name, name, index);
    return index;
  };
  const names = () => entries(view).map(({ name }) => name);
  return { plane, arena, view, enter, names };
}

describe('the directory', () => {
  it('is empty at first', () => {
    assert.deepEqual(given().names(), []);
  });

  it('shows every thread the names, their slots and generations', () => {
    const { plane, enter, view } = given();
    enter('send');
    enter('größe 尺寸 📏');
    assert.deepEqual(entries(view), [
      { name: 'send', index: 0, generation: 1 },
      { name: 'größe 尺寸 📏', index: 1, generation: 1 },
    ]);
    assert.deepEqual(entries(view), entries(plane));
  });

  it('changes its generation whenever a name comes or goes, for every thread', () => {
    const { plane, enter, view } = given();
    const before = directoryGeneration(view);
    enter('send');
    const entered = directoryGeneration(view);
    assert.notEqual(entered, before);
    removeOnMain(plane, 0);
    assert.notEqual(directoryGeneration(view), entered);
  });

  it('forgets a name that was removed, and keeps those behind it', () => {
    const { plane, enter, names } = given();
    for (const name of ['one', 'two', 'three']) enter(name);
    removeOnMain(plane, 1);
    assert.deepEqual(names(), ['one', 'three']);
  });

  it('shows a slot under its new name, in its new generation', () => {
    const { plane, arena, enter, view } = given();
    enter('a much longer name');
    removeOnMain(plane, 0);
    arena.freeOnMain(0);
    enter('b');
    const [entry] = entries(view);
    assert.equal(entry.name, 'b');
    assert.ok(entry.generation > 1);
  });

  it('finds a name behind a slot that has none', () => {
    const { arena, enter, names } = given();
    arena.takeOnMain('without a name');
    enter('send');
    assert.deepEqual(names(), ['send']);
  });

  it('takes names of up to 240 bytes and no empty one', () => {
    const { plane, enter, names } = given();
    enter('n'.repeat(240));
    assert.deepEqual(names(), ['n'.repeat(240)]);
    for (const name of ['', 'n'.repeat(241), 'ß'.repeat(121)]) {
      assert.throws(() => enterOnMain(plane, 'policies', name, 1), {
        name: 'OptionsError',
        message: /a name of 1 to 240 bytes/,
      });
    }
    assert.deepEqual(names(), ['n'.repeat(240)]);
  });
});
