// What one call says for itself, and what it is told of itself.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CallContext, ExecuteOptions } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';
import { fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('permits', (engine) => {
  it('are any number above 0 where nothing limits them', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 } });
    for (const permits of [0.001, 0.5, 1, 1e9]) {
      assert.equal(await guarded.execute(fine, { permits }), 'fine');
    }
    for (const permits of [0, -1, Number.POSITIVE_INFINITY, Number.NaN]) {
      await assert.rejects(guarded.execute(fine, { permits }), {
        name: 'RangeError',
        message: `permits: expected a number from above 0 to Infinity, got ${permits}`,
      });
    }
  });

  it('are at least a unit of the bucket’s scale where they are limited, and at most a full one', async () => {
    const { guarded } = given(engine, { rateLimiter: { permitsPerSecond: 1, burst: 2 } });
    const error = (await errorOf(guarded.execute(fine, { permits: 3 }))) as Error;
    const [, least] = /^permits: expected a number from (\d\S*) to 2, got 3$/.exec(error.message) ?? [];
    assert.ok(Number(least) > 0 && Number(least) <= 0.001, error.message);
    assert.equal(await guarded.execute(fine, { permits: Number(least) }), 'fine');
  });
});

onBothEngines('what is no signal, or no key', (engine) => {
  it('is refused by what it is', async () => {
    const { guarded } = given(engine, { timeout: { totalMs: 100 } });
    for (const [signal, received] of [
      [null, 'null'],
      [{}, 'object'],
      ['stop', 'string'],
    ]) {
      await assert.rejects(guarded.execute(fine, { signal } as ExecuteOptions), {
        name: 'TypeError',
        message: `signal: expected an AbortSignal, got ${received}`,
      });
    }
    const keyed = given(engine, { rateLimiter: { permitsPerSecond: 1, burst: 1, perKey: { maxKeys: 8 } } });
    for (const options of [undefined, {}]) {
      await assert.rejects(keyed.guarded.execute(fine, options), {
        name: 'TypeError',
        message: 'a keyed limiter needs a key, a text; got none',
      });
    }
  });
});

onBothEngines('a function that says how long a call may take', (engine) => {
  it('is told of the call that is to begin, with its caller’s signal', async () => {
    const asked: CallContext[] = [];
    const totalMs = (context: CallContext) => {
      asked.push(context);
      return 50;
    };
    const { guarded } = given(engine, { timeout: { totalMs } }, { name: 'send' });
    const { signal } = new AbortController();
    assert.equal(await guarded.execute(fine, { signal }), 'fine');
    assert.equal(await guarded.execute(fine), 'fine');
    const said = asked.map(({ attempt, remainingMs, policy }) => [attempt, remainingMs, policy]);
    assert.deepEqual(said, Array(2).fill([1, Number.POSITIVE_INFINITY, 'send']));
    assert.equal(asked[0].signal, signal);
    assert.equal(asked[1].signal.aborted, false);
  });
});

onBothEngines('an attempt', (engine) => {
  it('has one signal, however often it is asked for, and an end, the first as the later ones', async () => {
    const { clock, guarded } = given(engine, {
      timeout: { attemptMs: 10, totalMs: 25 },
      retry: { maxRetries: 3, backoff: () => 0 },
    });
    const up = upstream<string>();
    const ends: number[] = [];
    const result = errorOf(
      guarded.execute((context) => {
        const { signal } = context;
        assert.equal(context.signal, signal);
        ends.push(context.remainingMs);
        return up.operation(context);
      }),
    );
    await clock.advance(25);
    await result;
    assert.deepEqual(ends, [10, 10, 5]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { context } = await up.next();
      assert.deepEqual([context.attempt, context.signal.aborted], [attempt, true]);
      assert.equal(context.remainingMs, 0);
    }
  });
});
