// The memories of a thread's policies by themselves, as they are made: the first is small, each further one larger.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { homeFor } from '../../src/policy/standalone.ts';
import { StatePlane } from '../../src/state/plane.ts';

/** Takes all places of the memory that the next policy would get; gives them back when it is called. */
function fillNext(): () => void {
  const { arena } = homeFor('auto', 0);
  const taken = Array.from({ length: arena.free }, () => arena.takeOnMain('policy'));
  return () => {
    for (const index of taken) arena.freeOnMain(index);
  };
}

it('each memory has room for twice as many policies as the one before, and one with keys counts for none', () => {
  const { create } = StatePlane;
  const made: number[] = [];
  StatePlane.create = (sizes, ...rest) => {
    made.push(sizes.policies);
    return create.call(StatePlane, sizes, ...rest);
  };
  try {
    const leave = [fillNext(), fillNext()];
    homeFor('auto', 8);
    leave.push(fillNext());
    for (const each of leave) each();
    policy().dispose();
  } finally {
    StatePlane.create = create;
  }
  assert.deepEqual(made, [16, 32, 1, 64]);
});
