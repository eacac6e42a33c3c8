import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { createHoldfast } from '../../../src/control/holdfast.ts';
import { METRICS } from '../../../src/control/metrics/list.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

describe('the registry', () => {
  it('has every metric, with help, type and the labels that are promised', async () => {
    const { holdfast } = given({ policies: { send: {} } });
    const text = await holdfast.metrics.metrics();
    for (const { name, type } of METRICS) {
      assert.match(text, new RegExp(`^# HELP holdfast_${name} \\S`, 'm'));
      assert.match(text, new RegExp(`^# TYPE holdfast_${name} ${type}$`, 'm'));
    }
    assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
  });

  it('may be one of the user, with a prefix, but not twice the same', async () => {
    const registry = new Registry();
    const { holdfast } = given({ metrics: { registry, prefix: 'orders_' }, policies: { send: {} } });
    assert.equal(holdfast.metrics, registry);
    assert.match(await registry.metrics(), /^orders_calls_total\{outcome="success",policy="send"\} 0$/m);
    assert.throws(
      () => given({ metrics: { registry, prefix: 'orders_' } }),
      /metrics.registry.*orders_calls_total/,
    );
    given({ metrics: { registry, prefix: 'mails_' } });
    assert.throws(() => given({ metrics: { registry: {} as never } }), /metrics.registry/);
    assert.throws(() => given({ metrics: { prefix: '1st ' } }), /metrics.prefix/);
  });

  it('can be read as JSON and merged with others', async () => {
    const { holdfast } = given({ policies: { send: {} } });
    await holdfast.policy('send').execute(() => 'sent');
    const json = await holdfast.metrics.getMetricsAsJSON();
    assert.equal(json.length, METRICS.length);
    const merged = Registry.merge([holdfast.metrics, new Registry()]);
    assert.match(await merged.metrics(), /holdfast_calls_total\{outcome="success",policy="send"\} 1/);
    holdfast.metrics.resetMetrics();
    assert.match(
      await holdfast.metrics.metrics(),
      /holdfast_calls_total\{outcome="success",policy="send"\} 1/,
    );
  });

  it('forgets a policy that is removed, and starts anew with one of the same name', async () => {
    const { holdfast } = given({
      policies: { send: { circuitBreaker: { consecutiveFailures: 1 } }, stay: {} },
    });
    await holdfast.policy('send').execute(() => 'sent');
    holdfast.policy('send').circuitBreaker?.open();
    assert.match(await holdfast.metrics.metrics(), /"send"/);
    holdfast.remove('send');
    const text = await holdfast.metrics.metrics();
    assert.doesNotMatch(text, /"send"/);
    assert.match(text, /"stay"/);
    holdfast.define('send', { circuitBreaker: { consecutiveFailures: 1 } });
    const series = await scrape(holdfast);
    assert.equal(series.get('calls_total{outcome="success",policy="send"}'), 0);
    const moves = 'circuit_breaker_state_changes_total{from_state="closed",to_state="open",name="send"}';
    assert.equal(series.get(moves), 0);
  });

  it('has names in labels as they are, whatever they are, and never a key', async () => {
    const name = 'a "b"\\\n{c}';
    const { holdfast } = given({
      memory: { policies: 4, threads: 1, keys: 16 },
      policies: { [name]: { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 8 } } } },
    });
    await holdfast.policy(name).execute(() => 'sent', { key: 'secret-key' });
    const text = await holdfast.metrics.metrics();
    assert.match(text, /calls_total\{outcome="success",policy="a \\"b\\"\\\\\\n\{c\}"\} 1/);
    assert.doesNotMatch(text, /secret-key/);
  });

  it('costs a policy nothing on the path of a call', async () => {
    const { holdfast } = given({ policies: { send: {} } });
    const heard = holdfast.policy('send');
    await holdfast.metrics.metrics();
    await heard.execute(() => 'sent');
    // A scrape adds no listeners: the call would have to tell them.
    assert.equal((await scrape(holdfast)).get('calls_total{outcome="success",policy="send"}'), 1);
  });
});

describe('a scrape', () => {
  it('has, in pieces, what it has as a whole', async () => {
    const policies = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`p${index}`, { retry: {} }]),
    );
    const { holdfast } = given({ policies, memory: { policies: 64, threads: 1, keys: 0 } });
    const pieces: string[] = [];
    for await (const piece of holdfast.scrape()) pieces.push(piece);
    const lines = (text: string) => text.split('\n').filter((line) => line !== '');
    assert.deepEqual(lines(pieces.join('')), lines(await holdfast.metrics.metrics()));
    assert.ok(pieces.length > METRICS.length);
  });

  // What it takes, as a whole and by pieces, is measured by bench/scrape.bench.ts.
  it('of a thousand policies with everything has them all, and a few of them in each piece', async () => {
    const everything = {
      rateLimiter: { permitsPerSecond: 1_000, maxWaitMs: 10 },
      bulkhead: { maxConcurrent: 10, maxQueue: 10 },
      circuitBreaker: { consecutiveFailures: 5 },
      timeout: { attemptMs: 1_000 },
      retry: {},
      errorBudget: { objective: 0.999, windowMs: 3_600_000 },
      latencyBudget: { percentile: 0.95, targetMs: 100 },
    };
    const policies = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`policy-${index}`, everything]),
    );
    const holdfast = createHoldfast({ policies, memory: { policies: 1_000, threads: 1, keys: 0 } });
    const whole = await holdfast.metrics.metrics();
    assert.ok(whole.split('\n').length > 60_000);
    const seen = new Set<string>();
    for await (const piece of holdfast.scrape()) {
      const named = new Set(piece.match(/policy-\d+/g) ?? []);
      assert.ok(named.size <= 25, `${named.size} policies in one piece`);
      for (const name of named) seen.add(name);
    }
    assert.equal(seen.size, 1_000);
  });
});
