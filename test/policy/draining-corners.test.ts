// Calls of one thread that are given time to end, and what is told of those that did not.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { drainCalls } from '../../src/policy/drain-calls.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('calls that are given time to end', (engine) => {
  function given() {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: {}, fetch: {} },
    });
    return { clock, send: holdfast.policy('send'), fetch: holdfast.policy('fetch') };
  }

  it('are waited for, whichever policy’s they are, and none is aborted', async () => {
    const { clock, send, fetch } = given();
    const [one, two] = [pending(), pending()];
    const calls = [send.execute(one.operation), fetch.execute(two.operation)];
    const drained = drainCalls([send, fetch], clock, 100);
    await clock.advance(99);
    one.resolve('one');
    assert.equal(await settled(drained), 'pending');
    two.resolve('two');
    assert.equal(await drained, 0);
    assert.deepEqual(await Promise.all(calls), ['one', 'two']);
    assert.equal(clock.pending, 0);
  });

  it('are aborted when it is over, and counted', async () => {
    const { clock, send, fetch } = given();
    const stays = pending();
    const ends = pending();
    const calls = [send, send, fetch].map((policy) => errorOf(policy.execute(stays.operation)));
    const ended = fetch.execute(ends.operation);
    const drained = drainCalls([send, fetch], clock, 100);
    ends.resolve('done');
    assert.equal(await ended, 'done');
    await clock.advance(99);
    assert.equal(await settled(drained), 'pending');
    await clock.advance(1);
    assert.equal(await drained, 3);
    const codes = (await Promise.all(calls)).map((error) => (error as { code: string }).code);
    assert.deepEqual(codes, Array(3).fill('HF_DRAINING'));
  });

  it('are none where none is under way, and nobody waits', async () => {
    const { clock, send } = given();
    assert.equal(await drainCalls([send], clock, 100), 0);
    assert.equal(clock.pending, 0);
  });
});
