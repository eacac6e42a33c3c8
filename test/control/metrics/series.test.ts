import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { Metrics, readMetricsOptions } from '../../../src/control/metrics/metrics.ts';
import type { PoolReading, RuntimeReading } from '../../../src/control/metrics/runtime-reading.ts';
import { constant } from '../../../src/policy/backoff.ts';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

const everything: PolicyOptions = {
  rateLimiter: { permitsPerSecond: 1_000, maxWaitMs: 10 },
  bulkhead: { maxConcurrent: 10, maxQueue: 10 },
  circuitBreaker: { consecutiveFailures: 5 },
  throttle: {},
  shed: {},
  timeout: { attemptMs: 1_000 },
  retry: {},
  hedge: { delayMs: 5 },
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
  chaos: { error: { rate: 1 }, latency: { rate: 1, minMs: 1, maxMs: 1 }, block: { rate: 1, ms: 1 } },
};

const BOUNDS = [...Array.from({ length: 15 }, (_, power) => `${2 ** power / 1_000}`), '+Inf'];
const by = (name: string, label: string, values: string[], policy: string) =>
  values.map((value) => `${name}{${label}="${value}",${policy}="send"}`);
const histogram = (name: string, policy: string) => [
  ...by(`${name}_bucket`, 'le', BOUNDS, policy),
  `${name}_sum{${policy}="send"}`,
  `${name}_count{${policy}="send"}`,
];
const moves = ['closed>open', 'half-open>open', 'open>half-open', 'half-open>closed'].map((move) => {
  const [from, to] = move.split('>');
  return `circuit_breaker_state_changes_total{from_state="${from}",to_state="${to}",name="send"}`;
});

const ALWAYS = [
  ...by('calls_total', 'outcome', ['success', 'failure', 'ignored', 'rejected'], 'policy'),
  ...histogram('call_duration_seconds', 'policy'),
  ...by('timeouts_total', 'scope', ['attempt', 'total'], 'policy'),
  'abandoned_operations{policy="send"}',
];
const EVERYTHING = [
  ...ALWAYS,
  ...by('retry_attempts_total', 'attempt', ['1', '2', '3', '4', '5+'], 'policy'),
  'retry_success_total{policy="send"}',
  ...by('retry_failures_total', 'reason', ['exhausted', 'rejected', 'budget', 'aborted'], 'policy'),
  'retry_backoff_delay_seconds_sum{policy="send"}',
  'retry_backoff_delay_seconds_count{policy="send"}',
  'hedges_total{policy="send"}',
  ...by('chaos_injections_total', 'kind', ['latency', 'error', 'block'], 'policy'),
  'circuit_breaker_state{name="send"}',
  ...by('circuit_breaker_requests_total', 'result', ['success', 'failure', 'ignored', 'rejected'], 'name'),
  'circuit_breaker_failures_total{name="send"}',
  ...moves,
  ...histogram('circuit_breaker_request_duration_seconds', 'name'),
  'rate_limiter_allowed_total{limiter="send"}',
  'rate_limiter_rejected_total{limiter="send"}',
  'rate_limiter_current_rate{limiter="send"}',
  'bulkhead_concurrent{bulkhead="send"}',
  'bulkhead_queued{bulkhead="send"}',
  'bulkhead_rejected_total{bulkhead="send"}',
  'bulkhead_wait_duration_seconds_sum{bulkhead="send"}',
  'bulkhead_wait_duration_seconds_count{bulkhead="send"}',
  'throttle_rejected_total{policy="send"}',
  'shed_total{policy="send"}',
  'error_budget_remaining{budget="send"}',
  'error_budget_consumed{budget="send"}',
  'error_budget_exhausted_total{budget="send"}',
  ...by('error_budget_burn_rate', 'window', ['5m', '30m', '1h', '6h'], 'budget'),
  'latency_budget_violations_total{budget="send"}',
];
const QUIET_RUNTIME = [
  'lifecycle_state',
  ...['0.5', '0.9', '0.99', '1'].map((quantile) => `event_loop_delay_seconds{quantile="${quantile}"}`),
];

/** A runtime with one policy and no checks. */
function one(policy: PolicyOptions) {
  const scene = given({ health: { builtIn: false }, policies: { send: policy } });
  const send = scene.holdfast.policy('send');
  const fails = () => Promise.reject(new Error('boom'));
  return { ...scene, send, fails, series: () => scrape(scene.holdfast) };
}

describe('the series of a policy', () => {
  it('are those of its calls where it has nothing else', async () => {
    const { series } = one({});
    const read = await series();
    assert.deepEqual([...read.keys()].sort(), [...ALWAYS, ...QUIET_RUNTIME].sort());
    assert.ok([...read.values()].every((value) => value === 0));
  });

  it('are those of all that it has, from the start', async () => {
    const { series } = one(everything);
    const read = await series();
    assert.deepEqual([...read.keys()].sort(), [...EVERYTHING, ...QUIET_RUNTIME].sort());
    const others = [...read].filter(([, value]) => value !== 0);
    assert.deepEqual(others, [
      ['rate_limiter_current_rate{limiter="send"}', 1_000],
      ['error_budget_remaining{budget="send"}', 1],
    ]);
  });

  it('are no more than what each of its parts has', async () => {
    const parts = Object.keys(everything) as (keyof PolicyOptions)[];
    const counts = new Map<string, number>();
    for (const part of parts) {
      const { series } = one({ [part]: everything[part] });
      counts.set(part, (await series()).size - ALWAYS.length - QUIET_RUNTIME.length);
    }
    assert.deepEqual(Object.fromEntries(counts), {
      rateLimiter: 5,
      bulkhead: 5,
      circuitBreaker: 28,
      throttle: 1,
      shed: 1,
      timeout: 0,
      retry: 12,
      hedge: 1,
      errorBudget: 7,
      latencyBudget: 1,
      chaos: 3,
    });
  });
});

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

/** The metrics of a runtime that says of itself what it is told to. */
function saying(said: Partial<RuntimeReading>) {
  const runtime: RuntimeReading = {
    lifecycle: () => 2,
    checks: () => [],
    levels: () => [],
    delays: (shares) => shares.map((share) => share * 1_000),
    pool: () => undefined,
    ...said,
  };
  const metrics = new Metrics(readMetricsOptions(undefined), { policies: () => [], runtime });
  return scrape({ metrics: metrics.registry });
}

describe('the series of a runtime', () => {
  it('are those of its pool where it has one', async () => {
    const task = { success: 5, failure: 4, aborted: 3, lost: 2, durationMs: 1_500 };
    const pool: PoolReading = {
      threads: { busy: 2, idle: 1, starting: 3 },
      waiting: new Map([
        ['', 7],
        ['slow', 8],
      ]),
      tasks: new Map([['resize', task]]),
      lost: 6,
    };
    const read = await saying({ pool: () => pool });
    const found = [...read].filter(([name]) => name.startsWith('pool_'));
    assert.deepEqual(found, [
      ['pool_threads{state="busy"}', 2],
      ['pool_threads{state="idle"}', 1],
      ['pool_threads{state="starting"}', 3],
      ['pool_queue_depth{compartment=""}', 7],
      ['pool_queue_depth{compartment="slow"}', 8],
      ['pool_tasks_total{task="resize",outcome="success"}', 5],
      ['pool_tasks_total{task="resize",outcome="failure"}', 4],
      ['pool_tasks_total{task="resize",outcome="aborted"}', 3],
      ['pool_tasks_total{task="resize",outcome="lost"}', 2],
      ['pool_task_duration_seconds_sum{task="resize"}', 1.5],
      ['pool_task_duration_seconds_count{task="resize"}', 14],
      ['pool_workers_lost_total', 6],
    ]);
    assert.deepEqual(
      [...(await saying({}))].filter(([name]) => name.startsWith('pool_')),
      [],
    );
  });

  it('are those of each check, with its runs', async () => {
    const { holdfast, clock } = given({ health: { builtIn: false } });
    let well = false;
    const slow = () => new Promise((resolve) => clock.setTimer(clock.now() + 250, () => resolve(well)));
    holdfast.health.add({ name: 'database', kind: 'ping', run: slow });
    const status = async () => {
      const read = await scrape(holdfast);
      return [...read].filter(([name]) => name.startsWith('health_')).map(([, value]) => value);
    };
    assert.deepEqual(await status(), [-1, 0, 0, 0, 0, 0]);
    for (const [answer, expected] of [
      [false, [0, 0.25, 1, 0, 1, 1]],
      [true, [1, 0.5, 2, 1, 1, 1]],
    ] as const) {
      well = answer;
      const run = holdfast.health.checkNow();
      await clock.advance(250);
      await run;
      assert.deepEqual(await status(), expected);
    }
    assert.deepEqual(
      [...(await scrape(holdfast)).keys()].filter((name) => name.startsWith('health_')),
      [
        'health_check_status{checker="ping",check="database"}',
        'health_check_duration_seconds_sum{checker="ping",check="database"}',
        'health_check_duration_seconds_count{checker="ping",check="database"}',
        'health_check_total{checker="ping",check="database",result="success"}',
        'health_check_total{checker="ping",check="database",result="failure"}',
        'health_check_failures_total{checker="ping",check="database"}',
      ],
    );
  });

  it('are its state, the levels of components and the delays of its event loop', async () => {
    const levels = [
      ['search', 2],
      ['mail', 0],
    ] as const;
    assert.deepEqual(
      [...(await saying({ levels: () => levels }))],
      [
        ['degradation_level{component="search"}', 2],
        ['degradation_level{component="mail"}', 0],
        ['lifecycle_state', 2],
        ['event_loop_delay_seconds{quantile="0.5"}', 0.5],
        ['event_loop_delay_seconds{quantile="0.9"}', 0.9],
        ['event_loop_delay_seconds{quantile="0.99"}', 0.99],
        ['event_loop_delay_seconds{quantile="1"}', 1],
      ],
    );
  });
});

describe('a registry', () => {
  it('is refused when it cannot do what is asked of it', () => {
    const registry = new Registry();
    const without = (name: string) => Object.assign(Object.create(registry), { [name]: undefined });
    for (const name of ['registerMetric', 'getMetricsAsString', 'getSingleMetric']) {
      assert.throws(
        () => given({ metrics: { registry: without(name) } }),
        /^OptionsError: metrics.registry: expected prom-client's Registry/,
      );
    }
    assert.throws(() => given({ metrics: { registry: null as never } }), /^OptionsError: metrics.registry/);
  });

  it('has names with the prefix that it is given, if that can be one', async () => {
    for (const prefix of ['1st_', 'a-b', 'a b', 7]) {
      assert.throws(() => given({ metrics: { prefix: prefix as string } }), /^OptionsError: metrics.prefix/);
    }
    for (const prefix of ['', '_', 'a1:', 'A_']) {
      const { holdfast } = given({ metrics: { prefix } });
      assert.match(await holdfast.metrics.metrics(), new RegExp(`^${prefix}lifecycle_state 0$`, 'm'));
    }
    assert.throws(() => given({ metrics: { prefixes: 'a_' } as never }), /did you mean "prefix"/);
  });

  it('is the same one each time', () => {
    const { holdfast } = given();
    assert.equal(holdfast.metrics, holdfast.metrics);
  });
});

describe('a scrape in pieces', () => {
  async function pieces(count: number, registry = new Registry()) {
    const policies = Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, {}]));
    const { holdfast } = given({
      policies,
      health: { builtIn: false },
      metrics: { registry },
      memory: { policies: 64, threads: 1, keys: 0 },
    });
    const found: string[] = [];
    for await (const piece of holdfast.scrape()) found.push(piece);
    return { found, whole: await holdfast.metrics.metrics() };
  }
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');

  it('says each help once, however many policies there are', async () => {
    for (const count of [0, 1, 25, 26, 50, 51]) {
      const { found, whole } = await pieces(count);
      assert.deepEqual(lines(found.join('')), lines(whole), `${count} policies`);
      assert.ok(found.every((piece) => piece.endsWith('\n') && piece.trim() !== ''));
    }
  });

  it('has a piece for each twenty-five policies, of what policies have', async () => {
    const calls = ({ found }: Awaited<ReturnType<typeof pieces>>) =>
      found
        .filter((piece) => piece.includes('calls_total'))
        .map((piece) => piece.match(/outcome="success"/g)?.length);
    assert.deepEqual(calls(await pieces(25)), [25]);
    assert.deepEqual(calls(await pieces(51)), [25, 25, 1]);
    const { found } = await pieces(51);
    assert.equal(found.filter((piece) => piece.includes('lifecycle_state')).length, 1);
  });

  it('has what else the registry holds, once', async () => {
    const { Gauge } = await import('prom-client');
    const registry = new Registry();
    new Gauge({ name: 'own', help: 'One of the user', registers: [registry] }).set(7);
    const { found, whole } = await pieces(30, registry);
    assert.deepEqual(lines(found.join('')), lines(whole));
    assert.equal(found.filter((piece) => piece.includes('own 7')).length, 1);
  });
});
