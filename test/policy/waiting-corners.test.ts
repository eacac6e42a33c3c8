// Standing in line: who is counted as having waited.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { fine, onBothEngines, pending } from '../support/given.ts';

onBothEngines('the metrics of a line', (engine) => {
  it('hear of who stood in it, and not of who went in at once', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: { bulkhead: { maxConcurrent: 1, maxQueue: 1 }, timeout: { totalMs: 5_000 } } },
    });
    const send = holdfast.policy('send');
    const waits = async () => {
      const series = await scrape(holdfast);
      return ['count', 'sum'].map((part) =>
        series.get(`bulkhead_wait_duration_seconds_${part}{bulkhead="send"}`),
      );
    };
    assert.equal(await send.execute(fine), 'fine');
    assert.deepEqual(await waits(), [0, 0]);
    const slow = pending();
    const calls = [send.execute(slow.operation), send.execute(fine)];
    await clock.advance(250);
    slow.resolve('done');
    assert.deepEqual(await Promise.all(calls), ['done', 'fine']);
    assert.deepEqual(await waits(), [1, 0.25]);
  });
});
