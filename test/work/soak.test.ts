import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soak } from './soak.ts';

describe('floods, aborts, crashes and timeouts together', () => {
  it('leave every task settled once, every slot returned, every count right', async () => {
    const { submitted, settled, lost, wrong, held, miscounted, outcomes } = await soak(2, 20_300);
    assert.deepEqual({ lost, wrong, held, miscounted }, { lost: 0, wrong: 0, held: 0, miscounted: 0 });
    assert.equal(settled, submitted);
    assert.ok(outcomes.ok > 0 && outcomes.HF_WORKER_LOST > 0, JSON.stringify(outcomes));
  });
});
