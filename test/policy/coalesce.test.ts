// Calls with one key share one operation.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { upstream } from '../../src/testing/index.ts';
import { boom, fine, given, of, onBothEngines } from '../support/given.ts';
import { assertNothingLeft, errorOf } from './bad-days.ts';

const OPTIONS = {
  coalesce: { key: ({ key }) => key },
  errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
  circuitBreaker: { window: { calls: 100 } },
  timeout: { totalMs: 100 },
} satisfies PolicyOptions;

onBothEngines('coalesced calls', (engine) => {
  it('with one key run one operation, which is recorded once', async () => {
    const { guarded } = given(engine, OPTIONS);
    const up = upstream<string>();
    const calls = ['a', 'a', 'b', 'a'].map((key) => guarded.execute(up.operation, { key }));
    assert.equal(up.calls, 2);
    (await up.next()).succeed('of a');
    (await up.next()).succeed('of b');
    assert.deepEqual(await Promise.all(calls), ['of a', 'of a', 'of b', 'of a']);
    assert.equal(guarded.errorBudget?.allowedFailures, 1);
    assert.equal(guarded.circuitBreaker?.counts.total, 2);
    up.succeed('another');
    assert.equal(await guarded.execute(up.operation, { key: 'a' }), 'another');
  });

  it('share an error, and a refusal, as outcomes too', async () => {
    const scene = given(engine, { ...OPTIONS, bulkhead: { maxConcurrent: 1 } });
    const [one, two] = [scene.guarded.execute(boom, { key: 'a' }), scene.guarded.execute(boom, { key: 'a' })];
    assert.equal(await errorOf(one), await errorOf(two));
    scene.guarded.tryAcquire();
    const outcomes = await Promise.all([1, 2].map(() => scene.guarded.executeOutcome(fine, { key: 'a' })));
    for (const outcome of outcomes) assert.ok(!outcome.ok && outcome.rejected);
    assert.equal(of(scene, 'rejected').length, 1);
  });

  it('without a key share nothing', async () => {
    const { guarded } = given(engine, { coalesce: { key: () => undefined } });
    const up = upstream<string>();
    const calls = [guarded.execute(up.operation), guarded.execute(up.operation)];
    assert.equal(up.calls, 2);
    up.succeed('1');
    up.succeed('2');
    assert.deepEqual(await Promise.all(calls), ['1', '2']);
  });

  it('that are aborted leave the others, and the last one ends the operation', async () => {
    const scene = given(engine, OPTIONS);
    const up = upstream<string>();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = errorOf(scene.guarded.execute(up.operation, { key: 'a', signal: one.signal }));
    const second = errorOf(scene.guarded.execute(up.operation, { key: 'a', signal: two.signal }));
    const call = await up.next();
    one.abort(new Error('one'));
    assert.equal(((await first) as Error).message, 'one');
    assert.equal(call.aborted, false);
    two.abort(new Error('two'));
    assert.equal(((await second) as Error).message, 'two');
    assert.equal((call.context.signal.reason as Error).message, 'two');
    call.fail();
    await assertNothingLeft(scene);
    assert.equal(scene.guarded.circuitBreaker?.counts.total, 0);
    const signal = AbortSignal.abort(new Error('before'));
    assert.equal(
      ((await errorOf(scene.guarded.execute(fine, { key: 'a', signal }))) as Error).message,
      'before',
    );
    assert.equal(up.calls, 1);
  });

  it('that run out of time leave one by one; when none is left the operation has failed', async () => {
    const scene = given(engine, OPTIONS);
    const up = upstream<string>();
    const short = errorOf(scene.guarded.execute(up.operation, { key: 'a', timeoutMs: 10 }));
    const long = errorOf(scene.guarded.execute(up.operation, { key: 'a' }));
    const call = await up.next();
    await scene.clock.advance(10);
    assert.equal(((await short) as { timeoutMs: number }).timeoutMs, 10);
    assert.equal(call.aborted, false);
    await scene.clock.advance(90);
    assert.equal(((await long) as { timeoutMs: number }).timeoutMs, 100);
    assert.equal(call.aborted, true);
    assert.equal(of(scene, 'timeout').length, 2);
    assert.equal(scene.guarded.errorBudget?.consumed, 2);
    assert.equal(scene.guarded.circuitBreaker?.counts.failures, 1);
    call.succeed('late');
    await assertNothingLeft(scene);
  });

  it('that run out of time get the fallback, which stands around the timeout', async () => {
    const scene = given(engine, { ...OPTIONS, fallback: (_error, { attempt }) => `instead ${attempt}` });
    const up = upstream<string>();
    const short = scene.guarded.execute(up.operation, { key: 'a', timeoutMs: 10 });
    const long = scene.guarded.execute(up.operation, { key: 'a' });
    await scene.clock.advance(10);
    assert.equal(await short, 'instead 1');
    up.fail(new Error('down'));
    assert.equal(await long, 'instead 1');
  });

  it('are checked each by itself', async () => {
    const scene = given(engine, OPTIONS);
    const up = upstream<string>();
    const first = scene.guarded.execute(up.operation, { key: 'a' });
    assert.ok((await errorOf(scene.guarded.execute(5 as never, { key: 'a' }))) instanceof TypeError);
    assert.ok((await errorOf(scene.guarded.execute(fine, { key: 'a', priority: 9 }))) instanceof RangeError);
    assert.ok(
      (await errorOf(scene.guarded.execute(fine, { key: 'a', timeoutMs: -1 }))) instanceof RangeError,
    );
    const outcome = await scene.guarded.executeOutcome(fine, { key: 'a', permits: 0 });
    assert.ok(!outcome.ok && outcome.error instanceof RangeError);
    up.succeed('done');
    assert.equal(await first, 'done');
    await assertNothingLeft(scene);
  });
});
