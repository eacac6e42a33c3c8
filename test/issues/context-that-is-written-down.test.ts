// A context on the long path threw when it was written down, being made in a circle; one on the short path said nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CallContext, PolicyOptions } from '../../src/index.ts';
import { Boom, givenLater as given, onBothEngines } from '../support/given.ts';

onBothEngines('a context that somebody writes down', (engine) => {
  const paths: [string, PolicyOptions, number | null][] = [
    ['of the shortest path', { circuitBreaker: { consecutiveFailures: 9 } }, null],
    ['of the short path', { bulkhead: { maxConcurrent: 1 } }, null],
    ['under a timeout', { timeout: { attemptMs: 250 } }, 250],
  ];
  for (const [name, options, remainingMs] of paths) {
    it(`${name}, says what it gives to read`, async () => {
      const { guarded } = given(engine, options, { name: 'send' });
      const text = await guarded.execute((context) => JSON.stringify(context));
      assert.deepEqual(JSON.parse(text), { policy: 'send', attempt: 1, remainingMs });
    });
  }

  it('says which attempt it is', async () => {
    const retry = { maxRetries: 1, backoff: () => 0 };
    const { clock, guarded } = given(engine, { timeout: { attemptMs: 250 }, retry } as never, {
      name: 'send',
    });
    const texts: string[] = [];
    const result = guarded.execute((context: CallContext) => {
      texts.push(JSON.stringify(context));
      if (texts.length === 1) throw new Boom('first');
      return 'done';
    });
    await clock.advance(0);
    assert.equal(await result, 'done');
    assert.deepEqual(
      texts.map((text) => JSON.parse(text).attempt),
      [1, 2],
    );
  });

  it('keeps its policy to itself on the short path', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 } });
    const context = await guarded.execute((context) => context);
    assert.deepEqual({ ...context }, {});
    assert.equal(context.signal, context.signal);
  });
});
