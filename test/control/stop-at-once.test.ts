// What a stop has done before it gives its promise back.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given } from './given.ts';

it('a runtime that runs is draining as soon as stop is called', async () => {
  const { holdfast } = given();
  await holdfast.start();
  const stopped = holdfast.stop();
  assert.equal(holdfast.state, 'draining');
  await stopped;
  assert.equal(holdfast.state, 'stopped');
});

it('so is one that was never started', async () => {
  const { holdfast } = given();
  const stopped = holdfast.stop();
  assert.equal(holdfast.state, 'draining');
  await stopped;
  assert.equal(holdfast.state, 'stopped');
});
