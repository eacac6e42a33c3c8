// Calls that may be tried again answer, and are told of, as those that take the shorter ways.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { it } from 'node:test';
import { boom, fine, givenLater as given, of, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a call that may be tried again', (engine) => {
  const retry = { maxRetries: 1, backoff: () => 0 };

  it('is told to whoever listens to the calls of the process, as a whole', async () => {
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push(message);
    const { guarded } = given(engine, { retry }, { name: 'send' });
    subscribe('holdfast:call', hear);
    await guarded.execute(fine);
    const error = await errorOf(guarded.execute(boom));
    unsubscribe('holdfast:call', hear);
    await errorOf(guarded.execute(boom));
    const facts = { policy: 'send', durationMs: 0 };
    const [well, badly, ...more] = heard as { error?: unknown }[];
    assert.deepEqual({ ...well, error: undefined }, { ...facts, attempts: 1, ok: true, error: undefined });
    assert.deepEqual(badly, { ...facts, attempts: 2, ok: false, error });
    assert.deepEqual(more, []);
  });

  it('fails where what its operation gave fails later, though that is a function', async () => {
    const broken = new Error('later');
    const then = (_resolve: unknown, reject: (error: unknown) => void) => reject(broken);
    const { guarded } = given(engine, {
      retry: { maxRetries: 0 },
      circuitBreaker: { consecutiveFailures: 1 },
    });
    const promised = Object.assign(() => {}, { then });
    assert.equal(await errorOf(guarded.execute(() => promised as never)), broken);
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });
});

onBothEngines('an outcome that opens the circuit', (engine) => {
  it('for no time at all has opened it', async () => {
    const scene = given(engine, { circuitBreaker: { consecutiveFailures: 9, openFor: () => 0 } });
    await errorOf(scene.guarded.execute(boom));
    assert.deepEqual(
      of(scene, 'stateChange').map(({ to }) => to),
      ['open'],
    );
    assert.equal(scene.guarded.circuitBreaker?.state, 'half-open');
  });
});
