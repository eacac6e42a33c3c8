import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { Metrics, readMetricsOptions } from '../../../src/control/metrics/metrics.ts';
import type { PoolReading, RuntimeReading } from '../../../src/control/metrics/runtime-reading.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

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
