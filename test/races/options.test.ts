import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SLOT_LOCK } from '../../assembly/layout.ts';
import { assemble, type Crew, together } from './crew.ts';
import { NOW } from './jobs.ts';
import { allOf } from './jobs-options.ts';

describe('threads that change options', () => {
  let crew: Crew;
  before(async () => {
    crew = await assemble();
  });
  after(() => crew.dismiss());

  it('lose no change, and no reader sees two of them mixed or goes back', async () => {
    const policy = crew.policy({});
    policy.slot.publish((numbers) => allOf(numbers, 0), NOW);
    const done = new SharedArrayBuffer(4);
    const seen = together(await crew.race('readWhileChanging', policy, { turns: 1_000, done }));
    assert.deepEqual([seen.published, seen.mixed, seen.backwards], [2_000, 0, 0]);
    assert.equal(policy.slot.numbers.trials, 2_000);
    assert.equal(Atomics.load(crew.plane.i32, (policy.slot.at + SLOT_LOCK) >> 2), 0);
    assert.ok(seen.values > 0);
  });
});
