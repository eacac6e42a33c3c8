import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ping } from '../../src/control/health/ping.ts';
import type { PolicyView } from '../../src/control/views.ts';
import { serving, TOKEN } from './given.ts';

const breaker = { circuitBreaker: { consecutiveFailures: 5, openMs: 60_000 } };

async function jsonOf<T>(response: Response): Promise<T> {
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  return (await response.json()) as T;
}

describe('the admin server', () => {
  it('serves the metrics', async () => {
    const { holdfast, ask, end } = await serving({ policies: { send: {} } });
    await holdfast.policy('send').execute(() => 'sent');
    const response = await ask('/metrics');
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(await response.text(), /^holdfast_calls_total\{outcome="success",policy="send"\} 1$/m);
    await end();
  });

  it('says whether the service is alive and ready, for probes and for people', async () => {
    const { holdfast, ask, end } = await serving();
    let well = false;
    holdfast.health.add(ping('database', () => well || Promise.reject(new Error('no answer'))));
    assert.deepEqual([(await ask('/health/live')).status, (await ask('/health/ready')).status], [200, 503]);
    await holdfast.start();
    await holdfast.health.checkNow();
    assert.equal((await ask('/health/ready')).status, 503);
    const ill = await ask('/health');
    assert.equal(ill.status, 503);
    const { checks } = await jsonOf<{ checks: { name: string; state: string; lastError: string }[] }>(ill);
    assert.deepEqual(
      [checks[0].name, checks[0].state, checks[0].lastError],
      ['database', 'down', 'Error: no answer'],
    );
    well = true;
    await holdfast.health.checkNow();
    assert.deepEqual([(await ask('/health/ready')).status, (await ask('/health')).status], [200, 200]);
    await end();
  });

  it('shows the policies', async () => {
    const { holdfast, ask, end } = await serving({
      policies: { send: { ...breaker, bulkhead: { maxConcurrent: 3 } }, 'a/b': {} },
    });
    holdfast.policy('send').tryAcquire();
    const { policies } = await jsonOf<{ policies: PolicyView[] }>(await ask('/policies'));
    assert.deepEqual(
      policies.map(({ name }) => name),
      ['send', 'a/b'],
    );
    assert.deepEqual(policies[0].circuitBreaker, { state: 'closed', retryAfterMs: 0 });
    assert.deepEqual(policies[0].bulkhead, { active: 1, limit: 3, queued: 0, maxQueue: 0 });
    const one = await jsonOf<PolicyView>(await ask(`/policies/${encodeURIComponent('a/b')}`));
    assert.equal(one.name, 'a/b');
    assert.equal((await ask('/policies/sent')).status, 404);
    await end();
  });

  it('handles a breaker by hand', async () => {
    const { holdfast, send, end } = await serving(
      { policies: { send: breaker, plain: {} } },
      { token: TOKEN },
    );
    const part = holdfast.policy('send').circuitBreaker;
    const act = async (body: unknown) => {
      const response = await send('POST', '/policies/send/circuit-breaker', body);
      return response.status === 200 ? part?.state : response.status;
    };
    assert.equal(await act({ action: 'open', forMs: 5_000 }), 'open');
    assert.ok((part?.retryAfterMs ?? 0) <= 5_000);
    assert.equal(await act({ action: 'close' }), 'closed');
    assert.equal(await act({ action: 'isolate' }), 'isolated');
    assert.equal(await act({ action: 'isolate' }), 'isolated');
    assert.equal(await act({ action: 'release' }), 'closed');
    assert.equal(await act({ action: 'disable' }), 'disabled');
    assert.equal(await act({ action: 'metricsOnly' }), 'metrics-only');
    assert.equal(await act({ action: 'close' }), 'closed');
    assert.equal(await act({ action: 'explode' }), 400);
    assert.equal(await act({ action: 'close', forMs: 5 }), 400);
    assert.equal(await act([]), 400);
    assert.equal((await send('POST', '/policies/plain/circuit-breaker', { action: 'open' })).status, 400);
    assert.equal((await send('POST', '/policies/sent/circuit-breaker', { action: 'open' })).status, 404);
    await end();
  });

  it('changes numbers of a policy, and nothing but numbers', async () => {
    const { holdfast, send, end } = await serving(
      { policies: { send: { rateLimiter: { permitsPerSecond: 1 } } } },
      { token: TOKEN },
    );
    const patch = async (body: unknown) => (await send('PATCH', '/policies/send', body)).status;
    assert.equal(await patch({ rateLimiter: { permitsPerSecond: 7, burst: 9 } }), 200);
    assert.equal(holdfast.policy('send').rateLimiter?.ratePerSecond, 7);
    assert.equal(await patch({ rateLimiter: { permitsPerSecond: -1 } }), 400);
    assert.equal(await patch({ rateLimiter: { permitsPerSecond: '8' } }), 400);
    assert.equal(await patch({ rateLimiter: { permitsPerSecond: [8] } }), 400);
    assert.equal(await patch({ rateLimiter: null }), 400);
    assert.equal(await patch({ rateLimiter: { nonsense: 1 } }), 400);
    assert.equal(holdfast.policy('send').rateLimiter?.ratePerSecond, 7);
    await end();
  });

  it('switches chaos on for a time, where that is allowed', async () => {
    const policies = { send: { chaos: { error: { rate: 1 } } } };
    const closed = await serving({ policies }, { token: TOKEN });
    assert.equal((await closed.send('POST', '/chaos', { forMs: 60_000 })).status, 403);
    await closed.end();
    const { holdfast, send, end } = await serving({ policies }, { token: TOKEN, allowChaos: true });
    assert.equal((await send('POST', '/chaos', {})).status, 400);
    assert.equal((await send('POST', '/chaos', { forMs: 60_000, policies: ['sent'] })).status, 400);
    const begun = await jsonOf<{ experiments: unknown[] }>(
      await send('POST', '/chaos', { forMs: 60_000, kinds: ['error'] }),
    );
    assert.equal(begun.experiments.length, 1);
    await assert.rejects(
      holdfast.policy('send').execute(() => 'fine'),
      { code: 'HF_CHAOS' },
    );
    assert.equal((await send('POST', '/chaos', { off: true })).status, 200);
    assert.equal(await holdfast.policy('send').execute(() => 'fine'), 'fine');
    await end();
  });

  it('closes at once, streams included, and more than once', async () => {
    const { holdfast, server, ask } = await serving();
    const stream = await ask('/events');
    const reader = stream.body?.getReader();
    await reader?.read();
    await Promise.all([server.close(), server.close()]);
    await reader?.read().catch(() => {});
    await assert.rejects(ask('/health'));
    await holdfast.stop();
  });

  it('is closed with the block that its runtime belongs to', async () => {
    const { holdfast, ask } = await serving();
    await holdfast[Symbol.asyncDispose]();
    await assert.rejects(ask('/health'));
  });

  it('is refused an address that is taken, and options that are wrong', async () => {
    const { holdfast, port, end } = await serving();
    await assert.rejects(holdfast.admin({ port }), { code: 'HF_BAD_OPTION', path: 'admin.port' });
    await assert.rejects(holdfast.admin({ port: 70_000 }), /admin.port/);
    await assert.rejects(holdfast.admin({ port: 0, token: '' }), /admin.token/);
    await assert.rejects(holdfast.admin({ port: 0, tokn: 'x' } as never), /did you mean "token"/);
    await end();
  });
});
