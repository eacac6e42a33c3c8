import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import type { DiagnosticMessages } from '../../src/base/diagnostics.ts';
import { ping } from '../../src/control/health/ping.ts';
import { given } from './given.ts';

/** Everything that is published on a channel while something goes on. */
async function published<Name extends keyof DiagnosticMessages>(
  name: Name,
  act: () => Promise<unknown>,
): Promise<DiagnosticMessages[Name][]> {
  const messages: DiagnosticMessages[Name][] = [];
  const listener = (message: unknown) => void messages.push(message as DiagnosticMessages[Name]);
  subscribe(name, listener);
  try {
    await act();
  } finally {
    unsubscribe(name, listener);
  }
  return messages;
}

describe('diagnostics channels', () => {
  it('tell the end of each call, on the short path and on the long one', async () => {
    const { holdfast } = given({
      policies: { short: { circuitBreaker: { consecutiveFailures: 5 } }, long: { retry: { maxRetries: 0 } } },
    });
    const boom = new Error('boom');
    for (const policy of ['short', 'long']) {
      const messages = await published('holdfast:call', async () => {
        await holdfast.policy(policy).execute(() => 'done');
        await assert.rejects(holdfast.policy(policy).execute(() => Promise.reject(boom)));
      });
      await holdfast.policy(policy).execute(() => 'unheard');
      assert.deepEqual(messages, [
        { policy, durationMs: 0, attempts: 1, ok: true },
        { policy, durationMs: 0, attempts: 1, ok: false, error: boom },
      ]);
    }
  });

  it('tell refusals', async () => {
    const { holdfast } = given({ policies: { send: { bulkhead: { maxConcurrent: 1 } } } });
    const messages = await published('holdfast:rejected', async () => {
      const permit = holdfast.policy('send').tryAcquire();
      holdfast.policy('send').tryAcquire();
      if (permit.ok) permit.settle('success');
    });
    assert.deepEqual(messages, [
      { policy: 'send', strategy: 'bulkhead', code: 'HF_BULKHEAD_FULL', retryAfterMs: undefined },
    ]);
  });

  it('tell what changes in shared state', async () => {
    const { holdfast } = given({
      name: 'orders',
      policies: { send: { circuitBreaker: { consecutiveFailures: 1 } } },
    });
    await holdfast.start();
    const messages = await published('holdfast:state', async () =>
      holdfast.policy('send').circuitBreaker?.open(),
    );
    await holdfast.stop();
    assert.deepEqual(messages, [
      { runtime: 'orders', event: 'stateChange', policy: 'send', from: 'closed', to: 'open', atMs: 1_000 },
    ]);
  });

  it('tell the life of the runtime and of its components', async () => {
    const { holdfast } = given({ name: 'orders' });
    holdfast.component({ name: 'database', phase: 3 });
    const messages = await published('holdfast:lifecycle', async () => {
      await holdfast.start();
      await holdfast.stop();
    });
    assert.deepEqual(
      messages.map((message) =>
        message.event === 'state' ? message.to : `${message.event} ${message.component}`,
      ),
      ['starting', 'start database', 'running', 'draining', 'stop database', 'stopped'],
    );
  });

  it('tell changes of health', async () => {
    const { holdfast } = given({ name: 'orders', health: { builtIn: false } });
    holdfast.health.add(ping('database', () => {}));
    const messages = await published('holdfast:health', () => holdfast.health.checkNow());
    assert.deepEqual(messages, [
      { runtime: 'orders', event: 'change', check: 'database', from: 'unknown', to: 'up', error: undefined },
    ]);
  });

  it('tell chaos: its beginning, each injection and its end', async () => {
    const { holdfast, clock } = given({ policies: { send: { chaos: { error: { rate: 1 } } } } });
    const messages = await published('holdfast:chaos', async () => {
      holdfast.chaos.enable({ forMs: 500 });
      await assert.rejects(
        holdfast.policy('send').execute(() => 'fine'),
        { code: 'HF_CHAOS' },
      );
      await clock.advance(500);
      assert.equal(await holdfast.policy('send').execute(() => 'fine'), 'fine');
    });
    assert.deepEqual(
      messages.map(({ event, policy }) => `${event} ${policy}`),
      ['began send', 'injected send', 'ended send'],
    );
  });
});
