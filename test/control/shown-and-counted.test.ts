// What a runtime shows of its policies: alerts, retries, and who is refused by what.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, type PolicyOptions } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { errorOf } from '../policy/bad-days.ts';
import { run } from '../policy/snapshot-scene.ts';
import { type Engine, fine, onBothEngines } from '../support/given.ts';
import { scrape } from './metrics/scrape.ts';

const HOUR = 3_600_000;

function given(engine: Engine, policies: Record<string, PolicyOptions>) {
  const clock = manualClock({ startMs: 10 * HOUR });
  const memory = { policies: 1, threads: 1, keys: 0 };
  return { clock, holdfast: createHoldfast({ clock, engine, memory, policies }) };
}

onBothEngines('a runtime', (engine) => {
  it('shows the slow alert of a budget that burns slowly', async () => {
    const { clock, holdfast } = given(engine, {
      send: { errorBudget: { objective: 0.99, windowMs: 24 * HOUR, minCalls: 10 } },
    });
    const send = holdfast.policy('send');
    // Seven times as fast as the objective allows: too fast for six hours, not for one.
    await run(send, `${'s'.repeat(92)}${'f'.repeat(7)}`);
    await clock.advance(10_000);
    await run(send, 's');
    assert.equal(holdfast.views()[0].errorBudget?.alert, 'slow');
  });

  it('counts a call as one that a retry has made succeed, though only its entry was tried again', async () => {
    const { clock, holdfast } = given(engine, {
      send: { bulkhead: { maxConcurrent: 1 }, retry: { maxRetries: 3, onRejection: true, backoff: () => 0 } },
    });
    const send = holdfast.policy('send');
    const permit = send.tryAcquire();
    assert.ok(permit.ok);
    const second = send.execute(fine);
    permit.settle('success');
    await clock.advance(0);
    assert.equal(await second, 'fine');
    assert.equal((await scrape(holdfast)).get('retry_success_total{policy="send"}'), 1);
  });

  it('says of a policy that it is gone, whatever the one in its place would shed', async () => {
    for (const options of [{}, { shed: { degraded: 1 } }] as PolicyOptions[]) {
      const { holdfast } = given(engine, { old: options });
      const old = holdfast.policy('old');
      holdfast.remove('old');
      const next = holdfast.define('next', { shed: { degraded: 6 } });
      next.update({ shed: { degraded: 7 } });
      holdfast.degradation.set('send', 'degraded');
      assert.equal(((await errorOf(old.execute(fine))) as { code: string }).code, 'HF_UNKNOWN_POLICY');
      assert.equal(((await errorOf(next.execute(fine))) as { code: string }).code, 'HF_SHED');
    }
  });
});
