import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { policy } from '../../src/policy/make-policy.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, fine } from '../support/given.ts';

const clock = manualClock();

async function given() {
  const guarded = policy(
    {
      circuitBreaker: { window: { calls: 10 }, failureRate: 0.9, minCalls: 10 },
      rateLimiter: { permitsPerSecond: 1, burst: 5 },
      throttle: {},
      retry: { maxRetries: 0, budget: {} },
      errorBudget: { objective: 0.9, windowMs: 86_400_000 },
    },
    { clock, name: 'send', random: () => 0.99 },
  );
  await guarded.executeOutcome(boom);
  await guarded.execute(fine);
  return guarded;
}

/** A snapshot with one part of it replaced. */
function changed(snapshot: object, path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(snapshot));
  const names = path.split('.');
  const last = names.pop() as string;
  let within = copy;
  for (const name of names) within = within[name];
  within[last] = value;
  return copy;
}

describe('a snapshot that comes back', () => {
  it('is taken as it was given', async () => {
    const guarded = await given();
    const taken = guarded.snapshot();
    await guarded.execute(fine, { permits: 2 });
    guarded.restore(JSON.parse(JSON.stringify(taken)));
    assert.deepEqual(guarded.snapshot(), taken);
  });

  it('is refused where it is wrong, and then changes nothing', async () => {
    const guarded = await given();
    const taken = guarded.snapshot();
    const wrong: [path: string, value: unknown, at?: string][] = [
      ['version', 2],
      ['version', '1'],
      ['name', 7],
      ['takenAt', Number.NaN],
      ['takenAt', null],
      ['extra', 1, 'snapshot'],
      ['circuitBreaker', null],
      ['circuitBreaker', []],
      ['circuitBreaker.state', 'isolated'],
      ['circuitBreaker.state', 'open', 'snapshot.circuitBreaker.remainingMs'],
      ['circuitBreaker.remainingMs', -1],
      ['circuitBreaker.remainingMs', 'soon'],
      ['circuitBreaker.openMs', Number.POSITIVE_INFINITY],
      ['circuitBreaker.mode', 'isolated'],
      ['circuitBreaker.isolated', 1],
      ['circuitBreaker.consecutive', 0.5],
      ['circuitBreaker.reopens', -1],
      ['circuitBreaker.rejected', 2 ** 36],
      ['circuitBreaker.window.kind', 'years'],
      ['circuitBreaker.window.calls', 'sfx'],
      ['circuitBreaker.window.calls', 's'.repeat(4_097)],
      ['circuitBreaker.window.durationMs', -1],
      ['rateLimiter.available', Number.POSITIVE_INFINITY],
      ['rateLimiter.available', '5'],
      ['rateLimiter.ratePerSecond', 0],
      ['bulkhead', {}, 'snapshot.bulkhead.limit'],
      ['throttle', 5],
      ['throttle.0', [0, 1], 'snapshot.throttle[0]'],
      ['throttle.0', [-1, 1, 1], 'snapshot.throttle[0][0]'],
      ['retryBudget.0', [0, 1.5, 1], 'snapshot.retryBudget[0][1]'],
      ['errorBudget.recent.0', [0, 1, -1], 'snapshot.errorBudget.recent[0][2]'],
      ['errorBudget.window', 'none'],
    ];
    for (const [path, value, at = `snapshot.${path}`] of wrong) {
      const before = guarded.snapshot();
      assert.throws(
        () => guarded.restore(changed(taken, path, value) as never),
        (error) => {
          assert.ok(error instanceof OptionsError, String(error));
          assert.equal(error.path, at);
          return true;
        },
      );
      assert.deepEqual(guarded.snapshot(), before, path);
    }
    for (const nothing of [undefined, null, 'x', 5, []]) {
      assert.throws(() => guarded.restore(nothing as never), OptionsError);
    }
  });

  it('must have the counts of its kind of window', async () => {
    const guarded = await given();
    const taken = guarded.snapshot();
    const at = (path: string) => (error: unknown) => error instanceof OptionsError && error.path === path;
    const window = 'snapshot.circuitBreaker.window';
    const totals = changed(taken, 'circuitBreaker.window', {
      kind: 'totals',
      ignored: 0,
      durationMs: 0,
      total: 1,
      failures: 1,
    });
    assert.throws(() => guarded.restore(totals as never), at(`${window}.slow`));
    const time = changed(taken, 'circuitBreaker.window', { kind: 'time', buckets: [[0, 1, 1, 1, 1, -5]] });
    assert.throws(() => guarded.restore(time as never), at(`${window}.buckets[0][5]`));
  });
});
