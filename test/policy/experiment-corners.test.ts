// What an experiment does to one call, and how it ends, at a time of day at which nothing is 0.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { it } from 'node:test';
import { createHoldfast, type Holdfast, type PolicyOptions } from '../../src/index.ts';
import type { ChaosKind } from '../../src/policy/events.ts';
import { Policy } from '../../src/policy/policy.ts';
import { allowThreadChaos, beforeKill } from '../../src/policy/thread-chaos.ts';
import { manualClock } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { boom, type Engine, fine, onBothEngines, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

/** A runtime in which an experiment runs for a minute; `draws` counts how often chance was asked. */
function given(engine: Engine, options: PolicyOptions, chance = 0) {
  const clock = manualClock({ startMs: 36_000_000 });
  let drawn = 0;
  const holdfast: Holdfast = createHoldfast({
    clock,
    engine,
    random: () => {
      drawn++;
      return chance;
    },
    policies: { send: options },
    memory: { policies: 2, threads: 2, keys: 0 },
  });
  const enable = (kinds?: ChaosKind[]) => holdfast.chaos.enable({ forMs: 60_000, ...(kinds && { kinds }) });
  enable();
  return { clock, holdfast, enable, send: holdfast.policy('send'), draws: () => drawn };
}

/** The one timer that is left: the experiment's own end. */
const EXPERIMENT = 1;
const ONE = { bulkhead: { maxConcurrent: 1 } };
const codeOf = async (result: Promise<unknown>) => ((await errorOf(result)) as { code?: string }).code;

onBothEngines('an experiment', (engine) => {
  it('ends by itself at the moment it was to end, and not before', async () => {
    let asked = 0;
    const when = () => ++asked > 0;
    const { clock, send } = given(engine, { chaos: { error: { rate: 1 }, when } });
    await clock.advance(59_999);
    assert.equal(await codeOf(send.execute(fine)), 'HF_CHAOS');
    // Though whoever was to end it has not come to it yet.
    clock.set(clock.now() + 1);
    assert.equal(await send.execute(fine), 'fine');
    assert.equal(asked, 1);
  });

  it('is of the kinds that were asked for alone', async () => {
    const chaos = {
      latency: { rate: 1, minMs: 10, maxMs: 10 },
      error: { rate: 1 },
      timeout: { rate: 1 },
      result: { rate: 1, value: 'made up' },
    };
    const scene = given(engine, { chaos });
    const answers: unknown[] = [];
    for (const kind of ['latency', 'error', 'timeout', 'result'] as const) {
      scene.enable([kind]);
      const outcome = scene.send.executeOutcome(fine);
      assert.equal(scene.clock.pending, kind === 'latency' ? EXPERIMENT + 1 : EXPERIMENT);
      await scene.clock.advance(10);
      const told = await outcome;
      answers.push(told.ok ? told.value : (told.error as { code: string }).code);
    }
    assert.deepEqual(answers, ['fine', 'HF_CHAOS', 'HF_TIMEOUT', 'made up']);
  });

  it('draws for what has a rate, once for each, and for nothing else', async () => {
    const chaos = { error: { rate: 0 }, timeout: { rate: 0.5 }, result: { rate: 0.5, value: 1 } };
    const { send, draws } = given(engine, { chaos }, 0.5);
    assert.equal(await send.execute(fine), 'fine');
    assert.equal(draws(), 2);
  });

  it('draws the same way each time where it has a seed', async () => {
    const strikes = async (seed: number | undefined, chance: number) => {
      const { send } = given(engine, { chaos: { error: { rate: 0.5 }, seed } }, chance);
      let struck = '';
      for (let call = 0; call < 20; call++) struck += (await send.executeOutcome(fine)).ok ? '.' : 'x';
      return struck;
    };
    const first = await strikes(7, 0);
    assert.match(first, /x/);
    assert.match(first, /\./);
    assert.equal(await strikes(7, 0.9), first);
    assert.notEqual(await strikes(8, 0), first);
    assert.equal(await strikes(undefined, 0), 'x'.repeat(20));
    assert.equal(await strikes(undefined, 0.9), '.'.repeat(20));
  });

  it('that asks whom it may strike, and breaks, costs the call that and no slot', async () => {
    const broken = new Error('whom?');
    const when = () => {
      throw broken;
    };
    const { send } = given(engine, { ...ONE, chaos: { error: { rate: 1 }, when }, retry: { maxRetries: 1 } });
    let ran = 0;
    assert.equal(await errorOf(send.execute(() => ran++)), broken);
    assert.equal(ran, 0);
    assert.equal(send.bulkhead?.active, 0);
    assert.ok(send.tryAcquire().ok);
  });

  it('ends itself when less of the error budget is left than it may leave, once there are calls enough', async () => {
    const { send, draws } = given(
      engine,
      {
        chaos: { error: { rate: 0.5 }, abortWhen: { budgetBelow: 0.5 } },
        errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 4 },
      },
      0.9,
    );
    // Half of the budget is spent with one failure in four, which is not less than half.
    for (const operation of [boom, fine, fine, fine]) await send.executeOutcome<string>(operation);
    assert.equal(draws(), 4);
    await send.executeOutcome(boom);
    assert.equal(draws(), 5);
    await send.executeOutcome(fine);
    assert.equal(draws(), 5);
    // It has ended: what is well again does not bring it back.
    for (let call = 0; call < 9; call++) await send.executeOutcome(fine);
    assert.equal(send.errorBudget?.remaining, 1 - 2 / 7.5);
    assert.equal(draws(), 5);
  });

  it('goes on whatever is left of an error budget where nothing says that it may not', async () => {
    const errorBudget = { objective: 0.5, windowMs: 60_000, minCalls: 1 };
    const { send } = given(engine, { chaos: { error: { rate: 1 } }, errorBudget });
    for (let call = 0; call < 3; call++) assert.equal(await codeOf(send.execute(fine)), 'HF_CHAOS');
    assert.equal(send.errorBudget?.remaining, 0);
  });

  it('is told of to whoever listens, and to nobody else', async () => {
    const { holdfast, send } = given(engine, { chaos: { error: { rate: 1 } } });
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push(message);
    send.on('chaos', hear, { once: true });
    for (let call = 0; call < 2; call++) await errorOf(send.execute(fine));
    subscribe('holdfast:chaos', hear);
    await errorOf(send.execute(fine));
    unsubscribe('holdfast:chaos', hear);
    const facts = { policy: 'send', kind: 'error' };
    assert.deepEqual(heard, [facts, { event: 'injected', ...facts }]);
    const series = await scrape(holdfast);
    assert.equal(series.get('chaos_injections_total{kind="error",policy="send"}'), 3);
  });
});

onBothEngines('a delay', (engine) => {
  const latency = (minMs: number, maxMs: number) => ({ latency: { rate: 1, minMs, maxMs } });

  it('is drawn from its range, and without a draw where that is none', async () => {
    for (const [minMs, maxMs, wakeMs, drawn] of [
      [40, 60, 45, 2],
      [40, 40, 40, 1],
    ]) {
      const { clock, send, draws } = given(engine, { chaos: latency(minMs, maxMs) }, 0.25);
      const result = send.execute(fine);
      assert.equal(clock.nextWakeMs, 36_000_000 + wakeMs);
      assert.equal(draws(), drawn);
      await clock.advance(wakeMs);
      assert.equal(await result, 'fine');
    }
  });

  it('that its caller does not wait for is over at once: nothing runs, and nothing is held', async () => {
    const { clock, send } = given(engine, { ...ONE, chaos: latency(50, 50) });
    const caller = new AbortController();
    let ran = 0;
    const result = errorOf(send.execute(() => ran++, { signal: caller.signal }));
    assert.equal(send.bulkhead?.active, 1);
    caller.abort('enough');
    assert.equal(await result, 'enough');
    assert.deepEqual([send.bulkhead?.active, send.bulkhead?.abandoned, clock.pending], [0, 0, EXPERIMENT]);
    await clock.advance(50);
    assert.equal(ran, 0);
  });

  it('of a caller that leaves as it is told of it is none', async () => {
    const { clock, send } = given(engine, { ...ONE, chaos: latency(50, 50) });
    const caller = new AbortController();
    send.on('chaos', () => caller.abort('enough'));
    let ran = 0;
    assert.equal(await errorOf(send.execute(() => ran++, { signal: caller.signal })), 'enough');
    assert.deepEqual(
      [send.bulkhead?.active, send.bulkhead?.abandoned, clock.pending, ran],
      [0, 0, EXPERIMENT, 0],
    );
  });

  it('comes before the other faults, which strike when it is over', async () => {
    const { clock, send } = given(engine, { chaos: { ...latency(50, 50), error: { rate: 1 } } });
    let ran = 0;
    const result = codeOf(send.execute(() => ran++));
    await clock.advance(49);
    assert.equal(await settled(result), 'pending');
    await clock.advance(1);
    assert.equal(await result, 'HF_CHAOS');
    assert.equal(ran, 0);
  });
});

onBothEngines('a fault', (engine) => {
  it('is the error that it was told to make, or what the making threw', async () => {
    const made = new Error('made');
    const create = () => made;
    const breaks = () => {
      throw made;
    };
    for (const error of [
      { rate: 1, create },
      { rate: 1, create: breaks },
    ]) {
      const { send } = given(engine, { chaos: { error } });
      let ran = 0;
      assert.equal(await errorOf(send.execute(() => ran++)), made);
      assert.equal(ran, 0);
    }
  });

  it('is a timeout at once where none is configured, else when that comes', async () => {
    const chaos = { timeout: { rate: 1 } };
    const once = given(engine, { chaos });
    const { code, scope, policy, timeoutMs } = (await errorOf(once.send.execute(fine))) as Record<
      string,
      unknown
    >;
    assert.deepEqual([code, scope, policy, timeoutMs], ['HF_TIMEOUT', 'attempt', 'send', 0]);
    const later = given(engine, { ...ONE, chaos, timeout: { attemptMs: 30 } });
    let ran = 0;
    const result = errorOf(later.send.execute(() => ran++));
    await later.clock.advance(29);
    assert.equal(await settled(result), 'pending');
    await later.clock.advance(1);
    assert.equal(((await result) as { timeoutMs: number }).timeoutMs, 30);
    assert.equal(ran, 0);
    assert.deepEqual([later.send.bulkhead?.active, later.send.bulkhead?.abandoned], [0, 0]);
  });

  it('is none to a caller that leaves as it is told of it', async () => {
    for (const chaos of [
      { timeout: { rate: 1 } },
      { error: { rate: 1 } },
      { result: { rate: 1, value: 'made up' } },
    ]) {
      const { clock, send } = given(engine, { ...ONE, chaos, timeout: { attemptMs: 30 } });
      const caller = new AbortController();
      send.on('chaos', () => caller.abort('enough'));
      let ran = 0;
      assert.equal(await errorOf(send.execute(() => ran++, { signal: caller.signal })), 'enough');
      assert.deepEqual(
        [send.bulkhead?.active, send.bulkhead?.abandoned, clock.pending, ran],
        [0, 0, EXPERIMENT, 0],
      );
    }
  });

  it('is a result that may be nothing at all', async () => {
    const { send } = given(engine, { chaos: { result: { rate: 1, value: undefined } } });
    assert.equal(await send.execute(fine), undefined);
  });
});

onBothEngines('an experiment on the thread', (engine) => {
  const blocked = (act: () => unknown) => {
    const startMs = performance.now();
    act();
    return performance.now() - startMs;
  };
  const allowed = (scene: () => void) => {
    allowThreadChaos(true);
    beforeKill(() => {
      throw new Error('the end');
    });
    try {
      scene();
    } finally {
      allowThreadChaos(false);
      beforeKill(() => {});
    }
  };

  it('blocks it where it may, before a call and before a task', () => {
    const chaos = { block: { rate: 1, ms: 30 } };
    const { send } = given(engine, { chaos });
    const { chaos: made } = Policy.executorOf(send).compiled;
    const strikes = () => made?.strikeTask({} as never);
    assert.ok(blocked(() => void send.execute(fine)) < 30);
    allowed(() => {
      assert.ok(blocked(() => void send.execute(fine)) >= 29);
      assert.ok(blocked(strikes) >= 29);
    });
  });

  it('spares it where chance, time, budget or whom it may strike say so', async () => {
    const block = { rate: 0.5, ms: 30 };
    const spared: [PolicyOptions, number][] = [
      [{ chaos: { block } }, 0.5],
      [{ chaos: { block, when: () => false } }, 0],
      [{ chaos: { error: { rate: 1 } } }, 0],
      [
        {
          chaos: { block, abortWhen: { budgetBelow: 1 } },
          errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
        },
        0,
      ],
    ];
    for (const [options, chance] of spared) {
      const { send } = given(engine, options, chance);
      send.errorBudget?.record(false);
      const { chaos: made } = Policy.executorOf(send).compiled;
      allowed(() => assert.ok(blocked(() => made?.strikeTask({} as never)) < 30));
    }
    const over = given(engine, { chaos: { block } });
    await over.clock.advance(60_000);
    const { chaos: made } = Policy.executorOf(over.send).compiled;
    allowed(() => assert.ok(blocked(() => made?.strikeTask({} as never)) < 30));
  });

  it('is of the kinds that were asked for alone, and asks whom it may strike for those', () => {
    let asked = 0;
    const when = () => ++asked > 0;
    const chaos = { block: { rate: 1, ms: 30 }, killWorker: { rate: 1 }, error: { rate: 1 }, when };
    const scene = given(engine, { chaos });
    const { chaos: made } = Policy.executorOf(scene.send).compiled;
    const strikes = () => made?.strikeTask({} as never);
    allowed(() => {
      scene.enable(['error']);
      assert.ok(blocked(strikes) < 30);
      assert.equal(asked, 0);
      scene.enable(['block']);
      assert.ok(blocked(strikes) >= 29);
      scene.enable(['killWorker']);
      assert.ok(blocked(() => assert.throws(strikes, /^Error: the end$/)) < 30);
      assert.equal(asked, 2);
      const never = given(engine, { chaos: { ...chaos, killWorker: { rate: 0 } } });
      never.enable(['killWorker']);
      const { chaos: spares } = Policy.executorOf(never.send).compiled;
      assert.ok(blocked(() => spares?.strikeTask({} as never)) < 30);
    });
  });

  it('ends it, and says so before', async () => {
    const { holdfast, send } = given(engine, { chaos: { killWorker: { rate: 1 } } });
    const { chaos: made } = Policy.executorOf(send).compiled;
    allowed(() => assert.throws(() => made?.strikeTask({} as never), /^Error: the end$/));
    const series = await scrape(holdfast);
    assert.equal(series.get('chaos_injections_total{kind="killWorker",policy="send"}'), 1);
    assert.equal(await send.execute(fine), 'fine');
  });
});
