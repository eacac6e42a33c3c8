// Calls on the short path, and on the long one, at the edges of what they are asked to do.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { OptionsError, type PolicyOptions, policiesOf, policy, rateLimiter } from '../../src/index.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import { boom, fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

/** What the call channel is told while a scene plays. */
async function heardCalls(scene: () => Promise<void>): Promise<{ policy: string; ok: boolean }[]> {
  const heard: { policy: string; ok: boolean }[] = [];
  const hear = (message: unknown) => heard.push(message as (typeof heard)[0]);
  subscribe('holdfast:call', hear);
  try {
    await scene();
  } finally {
    unsubscribe('holdfast:call', hear);
  }
  return heard;
}

onBothEngines('a call without a record of its own', (engine) => {
  it('gives its slot back and rejects with what the judge of its outcome threw', async () => {
    const broken = new Error('no judge');
    const { guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1 },
      isFailure: () => {
        throw broken;
      },
    });
    for (let call = 0; call < 3; call++) {
      assert.equal(await errorOf(guarded.execute(fine)), broken);
      assert.equal(guarded.bulkhead?.active, 0);
    }
  });

  it('is told to the call channel, with how it ended, unless it is to be ignored', async () => {
    const { guarded } = given(
      engine,
      { circuitBreaker: { consecutiveFailures: 9 }, isIgnored: ({ ok }) => !ok },
      { name: 'short' },
    );
    const plain = given(engine, { circuitBreaker: { consecutiveFailures: 9 } }, { name: 'plain' });
    const heard = await heardCalls(async () => {
      await guarded.execute(fine);
      await guarded.execute(boom).catch(() => {});
      await plain.guarded.execute(fine);
      await plain.guarded.execute(boom).catch(() => {});
    });
    assert.deepEqual(
      heard.map(({ policy, ok }) => [policy, ok]),
      [
        ['short', true],
        ['plain', true],
        ['plain', false],
      ],
    );
  });

  it('takes what has a then that is no function for a value', async () => {
    const value = Object.fromEntries([['then', 'later']]);
    for (const options of [{}, { timeout: { attemptMs: 1_000 } }] as PolicyOptions[]) {
      const { guarded } = given(engine, options);
      assert.equal(await guarded.execute(() => value as never), value);
    }
  });
});

onBothEngines('a refusal', (engine) => {
  it('for want of a bucket for its key has a code of its own', async () => {
    const perKey = { maxKeys: 1, onFull: 'refuse' as const };
    const { guarded } = given(engine, { rateLimiter: { permitsPerSecond: 1, burst: 1, perKey } });
    const codes = new Set<unknown>();
    for (let key = 0; key < 64; key++) {
      const error = await guarded.execute(fine, { key: `${key}` }).catch((thrown) => thrown);
      codes.add((error as { code?: string }).code);
    }
    assert.deepEqual([...codes], [undefined, 'HF_KEYS_EXHAUSTED']);
  });

  it('by a retry’s own question ends the call with what that threw', async () => {
    const broken = new Error('no answer');
    const { guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1 },
      retry: {
        maxRetries: 3,
        onRejection: true,
        shouldRetry: ({ ok }) => {
          if (!ok) throw broken;
          return false;
        },
      },
    });
    const permit = guarded.tryAcquire();
    assert.ok(permit.ok);
    assert.equal(await errorOf(guarded.execute(fine)), broken);
    permit.settle('success');
    assert.equal(await guarded.execute(fine), 'fine');
  });

  it('by a full bulkhead stands although the limiter would let one wait', async () => {
    const { clock, guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1 },
      rateLimiter: { permitsPerSecond: 10, burst: 2, maxWaitMs: 1_000 },
    });
    const up = upstream<string>();
    const running = guarded.execute(up.operation);
    const { code, strategy } = (await errorOf(guarded.execute(fine))) as unknown as Record<string, string>;
    assert.deepEqual([code, strategy], ['HF_BULKHEAD_FULL', 'bulkhead']);
    up.succeed('done');
    assert.equal(await running, 'done');
    await clock.advance(100);
    assert.equal(await guarded.execute(fine), 'fine');
  });
});

onBothEngines('a call for a key', (engine) => {
  const perKey = { maxKeys: 8 };

  it('spends from its key again when it tries again, and when it hedges', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 2, perKey },
      retry: { maxRetries: 5, backoff: () => 10 },
    });
    const other = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 2, perKey },
      hedge: { delayMs: 10, maxHedges: 5 },
    });
    let calls = 0;
    const failing = errorOf(
      guarded.execute(
        () => {
          calls++;
          return boom();
        },
        { key: 'a' },
      ),
    );
    await clock.advance(1_000);
    await failing;
    assert.equal(calls, 2, 'the third try found the bucket empty');
    assert.equal(await guarded.execute(fine, { key: 'b' }), 'fine');

    const up = upstream<string>();
    const hedged = other.guarded.execute(up.operation, { key: 'a' });
    await other.clock.advance(1_000);
    assert.equal(up.calls, 2, 'the second hedge found the bucket empty');
    up.succeed('done');
    assert.equal(await hedged, 'done');
    assert.equal(await other.guarded.execute(fine, { key: 'b' }), 'fine');
  });

  it('waits for a slot without spending, then spends from its key', async () => {
    const { guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1, maxQueue: 2 },
      rateLimiter: { permitsPerSecond: 0.001, burst: 1, perKey },
    });
    const up = upstream<string>();
    const first = guarded.execute(up.operation, { key: 'a' });
    const second = guarded.execute(fine, { key: 'b' });
    const third = errorOf(guarded.execute(fine, { key: 'a' }));
    await up.next();
    assert.equal(guarded.bulkhead?.queued, 2);
    up.succeed('done');
    assert.deepEqual([await first, await second], ['done', 'fine']);
    assert.equal(((await third) as unknown as { code: string }).code, 'HF_RATE_LIMITED');
  });
});

describe('options that are no options', () => {
  it('are refused for a name that is no text', () => {
    const settings = { name: 7, clock: manualClock() } as never;
    assert.throws(() => policy({}, settings), /^OptionsError: .*name: expected a text/);
  });

  it('are taken from what a module says it exports as policies, or by default', () => {
    const send = { bulkhead: { maxConcurrent: 1 } };
    const url = new URL('file:///policies.js');
    for (const module of [{ policies: { send }, other: 7 }, { default: { send } }, { send, version: '1' }]) {
      assert.deepEqual(Object.keys(policiesOf(url, module)), ['send']);
    }
    for (const module of [null, 7, undefined])
      assert.throws(() => policiesOf(url, module as never), OptionsError);
  });
});

onBothEngines('a limiter whose line is full', (engine) => {
  it('refuses at once whoever would have to wait longer than it lets anybody', async () => {
    const clock = manualClock();
    const limiter = rateLimiter({ permitsPerSecond: 10, burst: 1, maxWaitMs: 150 }, { clock, engine });
    await limiter.acquire();
    const waiting = limiter.acquire();
    const error = await errorOf(limiter.acquire());
    assert.equal((error as unknown as { code: string }).code, 'HF_RATE_LIMITED');
    await clock.advance(100);
    await waiting;
  });
});
