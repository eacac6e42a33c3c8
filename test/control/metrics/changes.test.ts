import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ping } from '../../../src/control/health/ping.ts';
import { METRICS } from '../../../src/control/metrics/list.ts';
import { given } from '../given.ts';
import { callChanges } from './call-changes.ts';
import { limitChanges } from './limit-changes.ts';
import { scrape } from './scrape.ts';

type Scene = ReturnType<typeof given>;

/** Series that something changes, from what to what. */
interface Change {
  series: string;
  from: number | undefined;
  to: number;
  options?: Parameters<typeof given>[0];
  act(scene: Scene): unknown;
}

const check = { checker: 'ping', check: 'database' };
const labels = `{checker="${check.checker}",check="${check.check}"}`;
const quiet = { health: { builtIn: false } };

async function checked({ holdfast }: Scene, well: boolean) {
  holdfast.health.add(ping('database', () => well));
  await holdfast.health.checkNow();
}

const RUNTIME: Record<string, Change> = {
  health_check_status: {
    series: `health_check_status${labels}`,
    from: undefined,
    to: 1,
    options: quiet,
    act: (scene) => checked(scene, true),
  },
  health_check_duration_seconds: {
    series: `health_check_duration_seconds_sum${labels}`,
    from: undefined,
    to: 0.25,
    options: quiet,
    act: async ({ holdfast, clock }) => {
      holdfast.health.add(
        ping('database', () => new Promise<void>((resolve) => clock.setTimer(1_250, resolve))),
      );
      const end = holdfast.health.checkNow();
      await clock.advance(250);
      await end;
    },
  },
  health_check_total: {
    series: `health_check_total{checker="ping",check="database",result="success"}`,
    from: undefined,
    to: 1,
    options: quiet,
    act: (scene) => checked(scene, true),
  },
  health_check_failures_total: {
    series: `health_check_failures_total${labels}`,
    from: undefined,
    to: 1,
    options: quiet,
    act: (scene) => checked(scene, false),
  },
  degradation_level: {
    series: 'degradation_level{component="search"}',
    from: undefined,
    to: 2,
    act: ({ holdfast }) => holdfast.degradation.set('search', 'severelyDegraded'),
  },
  lifecycle_state: {
    series: 'lifecycle_state',
    from: 0,
    to: 4,
    act: async ({ holdfast }) => {
      await holdfast.start();
      assert.equal((await scrape(holdfast)).get('lifecycle_state'), 2);
      await holdfast.stop();
    },
  },
  event_loop_delay_seconds: {
    series: 'event_loop_delay_seconds{quantile="1"}',
    from: 0,
    to: 3,
    act: async ({ holdfast, clock }) => {
      await holdfast.start();
      clock.set(clock.now() + 3_050);
      await clock.advance(0);
      await holdfast.stop();
    },
  },
};

/** Metrics that only a pool of real threads changes: the scene after this one. */
const POOL = /^pool_/;

describe('each metric', () => {
  const changes: Record<string, Change> = { ...callChanges, ...limitChanges, ...RUNTIME };

  it('has a scene that changes it', () => {
    const names = METRICS.map(({ name }) => name).filter((name) => !POOL.test(name));
    assert.deepEqual(Object.keys(changes).sort(), names.sort());
  });

  for (const [name, { series, from, to, options, act }] of Object.entries(changes)) {
    it(`${name} is written`, async () => {
      const scene = given(options);
      assert.ok(series.startsWith(name));
      assert.equal((await scrape(scene.holdfast)).get(series), from, 'before');
      await act(scene);
      const value = (await scrape(scene.holdfast)).get(series);
      assert.ok(
        value !== undefined && Math.abs(value - to) <= Math.abs(to) * 0.032,
        `${value}, expected ${to}`,
      );
    });
  }
});
