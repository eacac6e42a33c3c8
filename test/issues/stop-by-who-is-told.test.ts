// A listener of `state` that stopped the runtime left it broken: told of `starting`, the stop failed with an error of
// its own and the runtime stayed `failed`; told of `running`, health went on being watched after the stop; told of
// `draining`, it got an error instead of the stop under way. It may stop at any of them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given, held } from '../control/given.ts';

describe('a listener that stops the runtime', () => {
  it('as it starts ends that start, and the runtime is stopped', async () => {
    const { holdfast, clock } = given();
    let stopped: Promise<void> | undefined;
    holdfast.on('state', ({ to }) => {
      if (to === 'starting') stopped = holdfast.stop();
    });
    await assert.rejects(holdfast.start(), { code: 'HF_START_FAILED' });
    await stopped;
    assert.equal(holdfast.state, 'stopped');
    assert.equal(clock.pending, 0);
  });

  it('as it runs leaves nothing that watches', async () => {
    const { holdfast, clock } = given();
    let stopped: Promise<void> | undefined;
    holdfast.on('state', ({ to }) => {
      if (to === 'running') stopped = holdfast.stop();
    });
    await holdfast.start();
    await stopped;
    assert.equal(holdfast.state, 'stopped');
    assert.equal(clock.pending, 0);
  });

  it('as it drains waits for the stop under way', async () => {
    const { holdfast, clock } = given();
    const step = held();
    holdfast.component({ name: 'a', stop: () => step.promise });
    let again: Promise<void> | undefined;
    holdfast.on('state', ({ to }) => {
      if (to === 'draining') again = holdfast.stop();
    });
    await holdfast.start();
    const stopped = holdfast.stop();
    await clock.advance(0);
    step.end();
    await Promise.all([stopped, again]);
    assert.equal(holdfast.state, 'stopped');
    await holdfast.start();
    assert.equal(holdfast.state, 'running', 'and it starts again');
    await holdfast.stop();
  });
});
