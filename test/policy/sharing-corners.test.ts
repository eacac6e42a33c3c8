// Calls that share an operation: who is left when one of them goes, and what each is told.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { upstream } from '../../src/testing/index.ts';
import { fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const OPTIONS = {
  coalesce: { key: ({ key }) => key },
  circuitBreaker: { window: { calls: 100 } },
  timeout: { totalMs: 100 },
} satisfies PolicyOptions;

onBothEngines('calls with one key', (engine) => {
  it('share nothing where the key is null', async () => {
    const { guarded } = given(engine, { coalesce: { key: () => null } });
    const up = upstream<string>();
    const calls = [guarded.execute(up.operation), guarded.execute(up.operation)];
    assert.equal(up.calls, 2);
    up.succeed('1');
    up.succeed('2');
    assert.deepEqual(await Promise.all(calls), ['1', '2']);
  });

  it('share the operation of who came after all had left, and not the one that was left', async () => {
    const { guarded } = given(engine, OPTIONS);
    const up = upstream<string>();
    const caller = new AbortController();
    const left = errorOf(guarded.execute(up.operation, { key: 'a', signal: caller.signal }));
    caller.abort('enough');
    const second = guarded.execute(up.operation, { key: 'a' });
    assert.equal(await left, 'enough');
    const third = guarded.execute(up.operation, { key: 'a' });
    assert.equal(up.calls, 2);
    const [, after] = [await up.next(), await up.next()];
    after.succeed('done');
    assert.deepEqual(await Promise.all([second, third]), ['done', 'done']);
  });

  it('are left by one of them once, though it leaves as its time runs out', async () => {
    const { clock, guarded } = given(engine, OPTIONS);
    const up = upstream<string>();
    const caller = new AbortController();
    const short = { key: 'a', timeoutMs: 10, signal: caller.signal };
    const left = errorOf(guarded.execute(up.operation, short));
    const stays = guarded.execute(up.operation, { key: 'a' });
    guarded.on('timeout', () => caller.abort('enough'));
    await clock.advance(10);
    assert.equal(await left, 'enough');
    const call = await up.next();
    assert.equal(call.aborted, false);
    call.succeed('done');
    assert.equal(await stays, 'done');
  });

  it('are not late because another one was, whose error is why the last one leaves', async () => {
    const { clock, guarded } = given(engine, OPTIONS);
    const up = upstream<string>();
    const caller = new AbortController();
    const short = errorOf(guarded.execute(up.operation, { key: 'a', timeoutMs: 10 }));
    const last = errorOf(guarded.execute(up.operation, { key: 'a', signal: caller.signal }));
    await clock.advance(10);
    const late = await short;
    assert.equal((late as { code: string }).code, 'HF_TIMEOUT');
    caller.abort(late);
    assert.equal(await last, late);
    assert.equal((await up.next()).aborted, true);
    assert.equal(guarded.circuitBreaker?.counts.failures, 0);
  });

  it('set no timer where no total timeout was asked for', async () => {
    const { clock, guarded } = given(engine, { coalesce: { key: ({ key }) => key } });
    const up = upstream<string>();
    const result = guarded.execute(up.operation, { key: 'a' });
    assert.equal(clock.pending, 0);
    up.succeed('done');
    assert.equal(await result, 'done');
  });

  it('were not refused because they were wrong, left, or out of time', async () => {
    const { clock, guarded } = given(engine, OPTIONS);
    const up = upstream<string>();
    const caller = new AbortController();
    const outcomes = [
      guarded.executeOutcome(fine, { key: 'a', priority: 9 }),
      guarded.executeOutcome(up.operation, { key: 'a', signal: caller.signal }),
      guarded.executeOutcome(up.operation, { key: 'a' }),
    ];
    caller.abort('enough');
    await clock.advance(100);
    const told = (await Promise.all(outcomes)).map(({ ok, rejected }) => ({ ok, rejected }));
    assert.deepEqual(told, Array(3).fill({ ok: false, rejected: false }));
  });
});
