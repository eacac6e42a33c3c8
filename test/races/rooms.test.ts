import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { F_BULKHEAD, LINE_COUNT, LINE_GRANTS, LINE_SEQ } from '../../assembly/layout.ts';
import { assemble, type Crew, sum } from './crew.ts';

describe('threads at one bulkhead', () => {
  let crew: Crew;
  before(async () => {
    crew = await assemble();
  });
  after(() => crew.dismiss());

  for (const limit of [1, 2, 5]) {
    it(`are never more than ${limit} inside, and leave it empty`, async () => {
      const policy = crew.policy({ features: F_BULKHEAD, numbers: { maxConcurrent: limit } });
      const watch = new SharedArrayBuffer(8);
      const entered = await crew.race('comeAndGo', policy, { tries: 300_000, watch });
      const [inside, most] = new Int32Array(watch);
      assert.ok(most <= limit && most > 0, `${most} at once`);
      assert.equal(inside, 0);
      assert.equal(policy.kernels.bulkheadActive(policy.slot.at), 0);
      assert.ok(sum(entered) > 1_000);
    });
  }

  it('stand in a line of bounded length, each place with a number of its own, and leave it empty', async () => {
    const policy = crew.policy({ features: F_BULKHEAD, numbers: { maxConcurrent: 1, maxQueue: 7 } });
    const orders = (await crew.race('queue', policy, { tries: 40_000 })).flat();
    const word = (offset: number) => Atomics.load(crew.plane.i32, (policy.slot.at + offset) >> 2);
    assert.equal(new Set(orders).size, orders.length);
    assert.deepEqual(
      [word(LINE_COUNT), word(LINE_GRANTS), word(LINE_SEQ)],
      [0, orders.length, orders.length],
    );
    assert.ok(orders.length > 1_000);
  });
});
