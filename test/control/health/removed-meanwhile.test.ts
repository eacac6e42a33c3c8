import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../../src/index.ts';
import { manualClock } from '../../../src/testing/index.ts';

describe('a health check that is taken out while all are run', () => {
  it('is not told of any more, though it answers', async () => {
    const memory = { policies: 1, threads: 1, keys: 0 };
    const { health } = createHoldfast({ clock: manualClock({ startMs: 5_000 }), memory });
    const told: string[] = [];
    health.on('change', ({ check, to }) => told.push(`${check} ${to}`));
    let answered = false;
    health.add({ name: 'first', run: () => void health.remove('second') });
    health.add({
      name: 'second',
      run: () => {
        answered = true;
      },
    });
    await health.checkNow();
    assert.equal(answered, true);
    assert.ok(told.includes('first up'));
    assert.ok(!told.some((change) => change.startsWith('second')));
  });
});
