import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addBuiltIn, memoryUse } from '../../../src/control/health/built-in.ts';
import { EventLoopDelay } from '../../../src/control/health/event-loop.ts';
import { manualClock } from '../../../src/testing/manual-clock.ts';
import { given } from '../given.ts';

describe('the built-in checks', () => {
  it('are there, and up, in every runtime that does not do without', async () => {
    const { checks } = await given().holdfast.health.checkNow();
    assert.deepEqual(
      checks.map(({ name, state, readiness }) => `${name} ${state} ${readiness}`),
      ['event-loop up true', 'memory up true', 'workers up true', 'budgets up false'],
    );
    assert.deepEqual(given({ health: { builtIn: false } }).holdfast.health.status().checks, []);
  });

  it('see an event loop that does not come round', async () => {
    const clock = manualClock();
    const delay = new EventLoopDelay(clock);
    delay.start();
    await clock.advance(1_000);
    assert.deepEqual(delay.quantiles([0.5, 1]), [0, 0]);
    clock.set(clock.now() + 2_050);
    await clock.advance(0);
    assert.deepEqual(delay.quantiles([0.5, 1]), [0, 2_000]);
    await clock.advance(60_000);
    assert.deepEqual(delay.quantiles([1]), [0]);
    delay.stop();
    assert.equal(clock.pending, 0);
  });

  it('see memory as the share of what may be had', () => {
    const use = memoryUse();
    assert.ok(use > 0 && use < 1, `${use}`);
  });

  it('see a budget that is exhausted, without being less ready', async () => {
    const { holdfast } = given({
      health: { failureThreshold: 1 },
      policies: { send: { errorBudget: { objective: 0.9, windowMs: 60_000, minCalls: 1 } } },
    });
    await holdfast.start();
    await holdfast.health.checkNow();
    holdfast.policy('send').errorBudget?.record(false);
    const status = await holdfast.health.checkNow();
    const budgets = status.checks.find(({ name }) => name === 'budgets');
    assert.equal(budgets?.state, 'down');
    assert.match(String(budgets?.lastError), /exhausted of send/);
    assert.equal(status.ready, true);
    await holdfast.stop();
  });

  it('see a pool without threads', async () => {
    const { holdfast } = given({ health: { builtIn: false } });
    let threads = { busy: 0, idle: 1, starting: 0, unended: 0 };
    const pool = () => ({ threads, waiting: new Map(), tasks: new Map(), lost: 0 });
    addBuiltIn(holdfast.health, new EventLoopDelay(manualClock()), () => [], pool);
    assert.equal((await holdfast.health.checkNow('workers')).checks[2].state, 'up');
    threads = { busy: 0, idle: 0, starting: 0, unended: 2 };
    for (let run = 0; run < 3; run++) await holdfast.health.checkNow('workers');
    const { state, lastError } = holdfast.health.status().checks[2];
    assert.equal(state, 'down');
    assert.match(String(lastError), /no thread is left; 2 do not end/);
  });
});
