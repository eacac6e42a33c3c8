// A policy with a made backoff refused every update of the strategy that held it, since the backoff read anew was not the
// same function. It is what it was made of.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant, exponential, OptionsError } from '../../src/index.ts';
import { given, onBothEngines } from '../support/given.ts';

onBothEngines('a policy with made backoffs', (engine) => {
  it('takes updates of what stands beside them, and the same backoff again', () => {
    const backoff = exponential({ baseMs: 10 });
    const { guarded } = given(engine, {
      retry: { backoff },
      circuitBreaker: { consecutiveFailures: 3, openMs: constant({ baseMs: 50 }) },
    });
    guarded.update({ retry: { maxRetries: 1 }, circuitBreaker: { consecutiveFailures: 2 } });
    guarded.update({ retry: { backoff: exponential({ baseMs: 10 }) } } as never);
    assert.throws(
      () => guarded.update({ retry: { backoff: exponential({ baseMs: 11 }) } } as never),
      OptionsError,
    );
  });
});
