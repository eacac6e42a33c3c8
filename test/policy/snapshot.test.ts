import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { fine, given, of, onBothEngines, pending } from '../support/given.ts';
import { restarted, run, stored } from './snapshot-scene.ts';

onBothEngines('a snapshot of limits', (engine) => {
  it('keeps tokens, which grow back while the process is down', () => {
    const options: PolicyOptions = { rateLimiter: { permitsPerSecond: 2, burst: 10 } };
    const first = given(engine, options);
    first.guarded.tryAcquire({ permits: 9 });
    const taken = stored(first.guarded);
    const available = (downMs: number) =>
      restarted(engine, options, taken, downMs).guarded.rateLimiter?.available;
    assert.deepEqual([-5, 0, 1_500, 4_499, 1e9].map(available), [1, 1, 4, 9.998, 10]);
  });

  it('never holds more than the policy it is put into can', () => {
    const taken = stored(given(engine, { rateLimiter: { permitsPerSecond: 2, burst: 10 } }).guarded);
    const smaller = restarted(engine, { rateLimiter: { permitsPerSecond: 2, burst: 3 } }, taken, 0);
    assert.equal(smaller.guarded.rateLimiter?.available, 3);
  });

  it('keeps the rate and the limit that were found', async () => {
    const options: PolicyOptions = {
      rateLimiter: { permitsPerSecond: 100, adaptive: { minPerSecond: 50, maxPerSecond: 200, targetMs: 10 } },
      bulkhead: { maxConcurrent: 4, adaptive: { algorithm: 'aimd' } },
    };
    const first = given(engine, options);
    const slow = [pending(), pending(), pending()];
    const answers = slow.map(({ operation }) => first.guarded.execute(operation));
    for (const each of slow) each.resolve('');
    await Promise.all(answers);
    first.guarded.update({ rateLimiter: { permitsPerSecond: 75 } });
    const taken = stored(first.guarded);
    const limit = first.guarded.bulkhead?.limit ?? 0;
    assert.ok(limit > 4);
    const again = restarted(engine, options, taken, 0);
    assert.equal(again.guarded.bulkhead?.limit, limit);
    assert.equal(again.guarded.rateLimiter?.ratePerSecond, 75);
    const narrow = restarted(
      engine,
      {
        rateLimiter: {
          permitsPerSecond: 90,
          adaptive: { minPerSecond: 80, maxPerSecond: 200, targetMs: 10 },
        },
        bulkhead: { maxConcurrent: 4, adaptive: { algorithm: 'aimd', maxLimit: 4 } },
      },
      taken,
      0,
    );
    assert.equal(narrow.guarded.rateLimiter?.ratePerSecond, 80);
    assert.equal(narrow.guarded.bulkhead?.limit, 4);
    assert.deepEqual(
      of(again, 'limitChange')
        .map(({ limit }) => limit)
        .sort(),
      ['bulkhead', 'rateLimiter'],
    );
  });

  it('lets those in who wait, when it makes room', async () => {
    const options: PolicyOptions = { rateLimiter: { permitsPerSecond: 1, burst: 2, maxWaitMs: 60_000 } };
    const full = stored(given(engine, options).guarded);
    const scene = given(engine, options);
    await scene.guarded.execute(fine, { permits: 2 });
    const waiting = scene.guarded.execute(fine, { permits: 2 });
    scene.guarded.restore(full);
    assert.equal(await waiting, 'fine');
  });

  it('leaves keyed buckets, and what only one of the two has, as they are', async () => {
    const options: PolicyOptions = { rateLimiter: { permitsPerSecond: 1, burst: 2, perKey: { maxKeys: 9 } } };
    const first = given(engine, options);
    first.guarded.tryAcquire({ key: 'a', permits: 2 });
    const taken = stored(first.guarded);
    assert.equal(taken.rateLimiter, undefined);
    first.guarded.restore(taken);
    assert.equal(first.guarded.tryAcquire({ key: 'a' }).ok, false);
    const tripped = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    await run(tripped.guarded, 'f');
    tripped.guarded.restore(taken);
    assert.equal(tripped.guarded.circuitBreaker?.state, 'open');
    first.guarded.restore(stored(tripped.guarded));
  });
});
