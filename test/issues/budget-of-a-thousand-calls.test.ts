// At an objective of 0.999 a thousand calls allowed a hair more than one failure, since 1 − 0.999 is a hair more than a
// thousandth, and one failure did not exhaust the budget. It allows one, and one spends it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given, onBothEngines } from '../support/given.ts';

onBothEngines('an error budget', (engine) => {
  it('of 0.999 is spent by one failure in a thousand calls', () => {
    const { guarded } = given(engine, { errorBudget: { objective: 0.999, windowMs: 60_000 } });
    const { errorBudget } = guarded;
    for (let call = 0; call < 999; call++) errorBudget?.record(true);
    errorBudget?.record(false);
    assert.equal(errorBudget?.allowedFailures, 1);
    assert.equal(errorBudget?.remaining, 0);
    assert.equal(errorBudget?.exhausted, true);
  });
});
