// A slot was never used again once any thread but the main one had held a trial of its policy's breaker: the arena
// took the generation, which stays in the thread's ledger after the trial has come home, for trials still held. After
// `memory.policies` such removals, as in a service that defines policies for a while, nothing could be defined.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';

it('a policy’s slot is free again after another thread has tried its breaker', () => {
  const holdfast = createHoldfast({ memory: { policies: 1, threads: 2, keys: 0 } });
  const joined = attach(holdfast.share(new EventTarget()));
  for (let round = 0; round < 3; round++) {
    const breaker = holdfast.define('send', { circuitBreaker: { consecutiveFailures: 1 } }).circuitBreaker;
    breaker?.open(0);
    const trial = joined.policy('send').tryAcquire();
    assert.ok(trial.ok);
    assert.equal(breaker?.state, 'half-open');
    trial.settle('success');
    holdfast.remove('send');
  }
});
