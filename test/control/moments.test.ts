import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../src/control/holdfast.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { given, SMALL } from './given.ts';
import { scrape } from './metrics/scrape.ts';

describe('the end of an experiment', () => {
  it('is told when it is over: whoever hears of it calls as if there had been none', async () => {
    const { holdfast } = given({ policies: { send: { chaos: { error: { rate: 1 } } } } });
    const calls: Promise<string>[] = [];
    holdfast.chaos.on('ended', () => calls.push(holdfast.policy('send').execute(() => 'fine')));
    holdfast.chaos.enable();
    holdfast.chaos.disable();
    assert.deepEqual(await Promise.all(calls), ['fine']);
  });
});

describe('a runtime on a clock that has long been running', () => {
  it('reads its windows, and what a breaker is, as of now', async () => {
    const clock = manualClock({ startMs: 30 * 24 * 3_600_000 });
    const holdfast = createHoldfast({
      clock,
      memory: SMALL,
      policies: {
        send: {
          circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 },
          errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 1 },
          latencyBudget: { percentile: 0.5, targetMs: 100, minCalls: 1 },
        },
      },
    });
    const send = holdfast.policy('send');
    const call = send.execute(
      () => new Promise<void>((resolve) => clock.setTimer(clock.now() + 16, resolve)),
    );
    await clock.advance(16);
    await call;
    send.errorBudget?.record(false);
    send.circuitBreaker?.open();
    const read = await scrape(holdfast);
    assert.equal(read.get('error_budget_burn_rate{window="5m",budget="send"}'), 1);
    assert.equal(read.get('error_budget_remaining{budget="send"}'), 0);
    assert.equal(read.get('circuit_breaker_state{name="send"}'), 2);
    assert.ok((read.get('latency_budget_p50_seconds{budget="send"}') ?? 0) > 0.01);
    assert.equal(holdfast.views()[0].errorBudget?.burnRate1h, 1);
    assert.equal(holdfast.views()[0].errorBudget?.exhausted, true);
  });
});
