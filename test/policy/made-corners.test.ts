// Making policies by themselves, and giving their places in memory back.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, exponential, OptionsError, policy } from '../../src/index.ts';
import { boom, fine, givenLater as given, of, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const pathOf = (act: () => unknown) => {
  let path = '';
  assert.throws(act, (error) => {
    path = (error as OptionsError).path;
    return error instanceof OptionsError;
  });
  return path;
};

onBothEngines('a policy that is given its chance', (engine) => {
  const random = () => 0.5;

  it('draws the pauses of its retries from it', async () => {
    const backoff = exponential({ baseMs: 100 });
    const scene = given(engine, { retry: { maxRetries: 2, backoff } }, { random });
    const result = errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(1_000);
    await result;
    assert.deepEqual(
      of(scene, 'retry').map(({ pauseMs }) => pauseMs),
      [50, 100],
    );
  });

  it('draws the open times of its breaker from it', async () => {
    const openMs = exponential({ baseMs: 100 });
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1, openMs } }, { random });
    await errorOf(guarded.execute(boom));
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 50);
  });
});

it('options that are refused are named below the policy, by its name where it has one', () => {
  const wrong = { bulkhead: { maxConcurrent: 0 } };
  assert.equal(
    pathOf(() => policy(wrong)),
    'policy.bulkhead.maxConcurrent',
  );
  assert.equal(
    pathOf(() => policy(wrong, { name: 'send' })),
    'policies.send.bulkhead.maxConcurrent',
  );
});

it('a clock that cannot be read is named by where it was given', () => {
  const clock = Object.defineProperty({}, 'now', { get: () => assert.fail('read') }) as never;
  assert.equal(
    pathOf(() => createHoldfast({ clock })),
    'clock.now',
  );
  assert.equal(
    pathOf(() => policy({}, { clock })),
    'settings.clock.now',
  );
});

onBothEngines('the place of a policy in memory', (engine) => {
  it('is given back once, however often it is disposed of', async () => {
    const first = policy({}, { engine });
    first.dispose();
    first.dispose();
    const others = Array.from({ length: 64 }, () => policy({ bulkhead: { maxConcurrent: 1 } }, { engine }));
    first.dispose();
    others.push(...Array.from({ length: 64 }, () => policy({ bulkhead: { maxConcurrent: 1 } }, { engine })));
    for (const other of others) {
      assert.equal(other.bulkhead?.active, 0);
      assert.ok(other.tryAcquire().ok);
      assert.equal(await other.executeOutcome(fine).then(({ rejected }) => rejected), true);
    }
    for (const other of others) other.dispose();
  });
});
