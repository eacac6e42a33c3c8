// A runtime whose `start()` had been called still said `idle` until a turn later, a `stop()` in the same turn made that
// start fail as if it had been started before, and a runtime without workers named them where it had only not been
// started. It says `starting` at once, and why nothing runs yet.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';

it('a runtime is starting as soon as start is called', async () => {
  await using holdfast = createHoldfast();
  const started = holdfast.start();
  assert.equal(holdfast.state, 'starting');
  await started;
  assert.equal(holdfast.state, 'running');
});

it('a stop in the same turn ends the start, which says so', async () => {
  await using holdfast = createHoldfast();
  let began = false;
  holdfast.component({
    name: 'server',
    start: () => {
      began = true;
    },
  });
  const started = holdfast.start();
  const stopped = holdfast.stop();
  await assert.rejects(started, { code: 'HF_START_FAILED' });
  await stopped;
  assert.equal(holdfast.state, 'stopped');
  assert.equal(began, false);
});

it('an offload before the start says that, with workers or without', async () => {
  await using holdfast = createHoldfast();
  await assert.rejects(holdfast.offload('echo' as never, 1 as never), { code: 'HF_NOT_STARTED' });
  await holdfast.start();
  await assert.rejects(holdfast.offload('echo' as never, 1 as never), /workers: expected/);
});
