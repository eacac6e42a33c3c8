// A percentile of a window that moves on at each look is nobody's: the series is left out of that scrape.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BUDGET_METRICS } from '../../../src/control/metrics/budget-metrics.ts';

const percentiles = BUDGET_METRICS.filter(({ name }) => name.startsWith('latency_budget_p'));

/** What a latency percentile emits; the window's epoch is what `epoch` says at each look. */
function emitted(epoch: () => number): number[] {
  const values: number[] = [];
  const core = { at: 0, slot: { readI: epoch }, kernels: { viewPercentile: () => 250 } };
  for (const { read } of percentiles) read({ core, now: 0 } as never, (value) => values.push(value));
  return values;
}

it('percentiles are left out while their window moves on, and told in seconds otherwise', () => {
  let turns = 0;
  assert.deepEqual(
    emitted(() => turns++),
    [],
  );
  assert.ok(turns > 0);
  assert.deepEqual(
    emitted(() => 7),
    percentiles.map(() => 0.25),
  );
  assert.ok(percentiles.length > 0);
});
