import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constant } from '../../../src/policy/backoff.ts';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

const BOUNDS = [...Array.from({ length: 15 }, (_, power) => `${2 ** power / 1_000}`), '+Inf'];

/** A runtime with one policy and no checks. */
function one(policy: PolicyOptions) {
  const scene = given({ health: { builtIn: false }, policies: { send: policy } });
  const send = scene.holdfast.policy('send');
  const fails = () => Promise.reject(new Error('boom'));
  return { ...scene, send, fails, series: () => scrape(scene.holdfast) };
}

describe('what is counted', () => {
  it('is each call by how it ended', async () => {
    const { send, fails, series, holdfast } = one({
      circuitBreaker: { consecutiveFailures: 100 },
      bulkhead: { maxConcurrent: 1 },
    });
    await send.execute(() => 'done');
    for (let call = 0; call < 2; call++) await send.execute(fails).catch(() => {});
    const permit = send.tryAcquire();
    assert.ok(permit.ok);
    for (let call = 0; call < 3; call++) await send.execute(() => 'never').catch(() => {});
    permit.settle('ignored');
    const read = await series();
    const of = (name: string, label: string, value: string, policy: string) =>
      read.get(`${name}{${label}="${value}",${policy}="send"}`);
    assert.deepEqual(
      ['success', 'failure', 'rejected'].map((outcome) => of('calls_total', 'outcome', outcome, 'policy')),
      [1, 2, 3],
    );
    assert.deepEqual(
      ['success', 'failure', 'ignored'].map((result) =>
        of('circuit_breaker_requests_total', 'result', result, 'name'),
      ),
      [1, 2, 1],
    );
    assert.equal(read.get('bulkhead_rejected_total{bulkhead="send"}'), 3);
    assert.equal(holdfast.views()[0].refused.bulkhead, 3);
  });

  it('is each retry by its number, and all that came after the fourth together', async () => {
    const backoff = constant({ baseMs: 10, jitter: 'none' });
    const { send, fails, series, clock } = one({ retry: { maxRetries: 6, backoff } });
    const call = send.execute(fails).catch(() => {});
    await clock.advance(60);
    await call;
    const read = await series();
    assert.deepEqual(
      ['1', '2', '3', '4', '5+'].map((attempt) =>
        read.get(`retry_attempts_total{attempt="${attempt}",policy="send"}`),
      ),
      [1, 1, 1, 1, 2],
    );
    assert.equal(read.get('retry_backoff_delay_seconds_count{policy="send"}'), 6);
    assert.ok(Math.abs((read.get('retry_backoff_delay_seconds_sum{policy="send"}') ?? 0) - 0.06) < 1e-9);
  });

  it('is each caller that stood in line, and for how long', async () => {
    const { send, series, clock } = one({ bulkhead: { maxConcurrent: 1, maxQueue: 5 } });
    const permit = send.tryAcquire();
    assert.ok(permit.ok);
    const waiting = [send.execute(() => 'first'), send.execute(() => 'second')];
    await clock.advance(250);
    permit.settle('success');
    await Promise.all(waiting);
    const read = await series();
    assert.equal(read.get('bulkhead_wait_duration_seconds_count{bulkhead="send"}'), 2);
    assert.ok(Math.abs((read.get('bulkhead_wait_duration_seconds_sum{bulkhead="send"}') ?? 0) - 0.5) < 1e-3);
  });

  it('is each refusal of a limiter, for want of a permit or of a bucket', async () => {
    const scene = given({
      memory: { policies: 2, threads: 1, keys: 1 },
      policies: {
        send: { rateLimiter: { permitsPerSecond: 1, burst: 1, perKey: { maxKeys: 1, onFull: 'refuse' } } },
      },
    });
    const send = scene.holdfast.policy('send');
    for (const key of ['a', 'a', 'b', 'c', 'd', 'e', 'f', 'g'])
      await send.execute(() => 'done', { key }).catch(() => {});
    const read = await scrape(scene.holdfast);
    const refused = read.get('rate_limiter_rejected_total{limiter="send"}');
    const allowed = read.get('rate_limiter_allowed_total{limiter="send"}') ?? 0;
    assert.ok(allowed >= 1 && allowed < 7, 'some found no bucket');
    assert.equal(refused, 8 - allowed);
    assert.equal(scene.holdfast.views()[0].refused.rateLimiter, 8 - allowed);
  });

  it('is each move of a breaker, those by hand too', async () => {
    const { send, fails, series, clock } = one({
      circuitBreaker: { consecutiveFailures: 1, openMs: 1_000, halfOpen: { permits: 1 } },
    });
    const fail = () => send.execute(fails).catch(() => {});
    const from = async (move: string) => {
      const [from, to] = move.split('>');
      return (await series()).get(
        `circuit_breaker_state_changes_total{from_state="${from}",to_state="${to}",name="send"}`,
      );
    };
    await fail();
    await clock.advance(1_000);
    await fail();
    await clock.advance(10_000);
    await send.execute(() => 'done');
    await fail();
    send.circuitBreaker?.isolate();
    assert.deepEqual(
      [
        await from('closed>open'),
        await from('open>half-open'),
        await from('half-open>open'),
        await from('half-open>closed'),
        await from('open>isolated'),
        await from('isolated>closed'),
      ],
      [2, 2, 1, 1, 1, undefined],
    );
  });
});

describe('durations', () => {
  it('are counted below each bound that they are less than', async () => {
    const { send, series, clock } = one({});
    for (const ms of [0, 1, 1.5, 2, 500, 20_000]) {
      const call = send.execute(
        () => new Promise<void>((resolve) => clock.setTimer(clock.now() + ms, resolve)),
      );
      await clock.advance(ms);
      await call;
    }
    const read = await series();
    const counts = BOUNDS.map((le) => read.get(`call_duration_seconds_bucket{le="${le}",policy="send"}`));
    assert.deepEqual(counts, [1, 3, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 6]);
    assert.equal(read.get('call_duration_seconds_count{policy="send"}'), 6);
    const sum = read.get('call_duration_seconds_sum{policy="send"}') ?? 0;
    assert.ok(Math.abs(sum - 20.5045) < 20.5045 * 0.032, `${sum}`);
  });

  it('are those of attempts for a breaker inside a retry, and of calls for one that stands alone', async () => {
    const backoff = constant({ baseMs: 1_000, jitter: 'none' });
    for (const [options, counts] of [
      [{ circuitBreaker: { consecutiveFailures: 5 } }, [1, 1]],
      [{ circuitBreaker: { consecutiveFailures: 5 }, retry: { maxRetries: 1, backoff } }, [2, 1]],
    ] as const) {
      const { send, fails, series, clock } = one(options);
      const call = send.execute(fails).catch(() => {});
      await clock.advance(1_000);
      await call;
      const read = await series();
      assert.deepEqual(
        [
          read.get('circuit_breaker_request_duration_seconds_count{name="send"}'),
          read.get('call_duration_seconds_count{policy="send"}'),
        ],
        counts,
      );
    }
  });

  it('have percentiles that differ where calls do', async () => {
    const { send, series, clock } = one({ latencyBudget: { percentile: 0.5, targetMs: 100, minCalls: 1 } });
    const taking = async (ms: number) => {
      const call = send.execute(
        () => new Promise<void>((resolve) => clock.setTimer(clock.now() + ms, resolve)),
      );
      await clock.advance(ms);
      await call;
    };
    for (let calls = 0; calls < 90; calls++) await taking(1);
    for (let calls = 0; calls < 7; calls++) await taking(50);
    for (let calls = 0; calls < 3; calls++) await taking(400);
    const read = await series();
    for (const [name, seconds] of [
      ['p50', 0.001],
      ['p95', 0.05],
      ['p99', 0.4],
    ] as const) {
      const value = read.get(`latency_budget_${name}_seconds{budget="send"}`) ?? 0;
      assert.ok(Math.abs(value - seconds) <= seconds * 0.064, `${name}: ${value}`);
    }
  });

  it('burn a budget in each window for as long as it looks back', async () => {
    const minute = 60_000;
    const { send, series, clock } = one({
      errorBudget: { objective: 0.5, windowMs: 24 * 60 * minute, minCalls: 1 },
    });
    for (const ok of [true, false]) send.errorBudget?.record(ok);
    const rates = async () => {
      const read = await series();
      return ['5m', '30m', '1h', '6h'].map((window) =>
        read.get(`error_budget_burn_rate{window="${window}",budget="send"}`),
      );
    };
    assert.deepEqual(await rates(), [1, 1, 1, 1]);
    await clock.advance(15 * minute);
    assert.deepEqual(await rates(), [0, 1, 1, 1]);
    await clock.advance(30 * minute);
    assert.deepEqual(await rates(), [0, 0, 1, 1]);
    await clock.advance(120 * minute);
    assert.deepEqual(await rates(), [0, 0, 0, 1]);
  });
});
