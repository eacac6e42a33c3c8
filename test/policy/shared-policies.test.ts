// Named policies in a memory that threads share: names that come and go, places that are used again, and what a thread
// has of a policy that another one defined.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exponential, fromList, OptionsError, UnknownPolicyError } from '../../src/index.ts';
import { sharedHost } from '../../src/policy/attached.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { Arena } from '../../src/state/arena.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom } from '../support/given.ts';
import { run } from './snapshot-scene.ts';
import { twoThreads } from './two-threads.ts';

const ONE = { bulkhead: { maxConcurrent: 1 } };
const KEYED = { rateLimiter: { permitsPerSecond: 0.001, burst: 1, perKey: { maxKeys: 8 } } };

describe('names of shared policies', () => {
  it('stand in the same order in every thread, in places that are used again too', () => {
    const { here, there, define, remove } = twoThreads({ a: {}, b: {}, c: {}, d: {} }, { policies: 8 });
    const same = (...names: string[]) => {
      assert.deepEqual(here.names(), names);
      assert.deepEqual(there.names(), names);
    };
    same('a', 'b', 'c', 'd');
    remove('c');
    define('e', {});
    same('a', 'b', 'e', 'd');
    define('f', {});
    remove('a');
    remove('b');
    define('g', {});
    define('h', {});
    define('i', {});
    same('g', 'h', 'e', 'd', 'f', 'i');
  });

  it('are all forgotten with the last', () => {
    const { here, there, define, remove } = twoThreads({ a: {} });
    remove('a');
    assert.deepEqual([here.names(), there.names()], [[], []]);
    define('b', {});
    define('c', {});
    assert.deepEqual(
      [here.names(), there.names()],
      [
        ['b', 'c'],
        ['b', 'c'],
      ],
    );
  });

  it('are gone when they were removed, which is said, and the others are what they were', () => {
    const { here, define, remove } = twoThreads({});
    const send = define('send', {});
    define('read', {});
    assert.equal(remove('read'), true);
    assert.equal(remove('read'), false);
    assert.equal(here.get('send'), send);
    assert.throws(() => here.get('read'), UnknownPolicyError);
  });

  it('are texts', () => {
    const { define } = twoThreads({});
    assert.throws(() => define(7 as never, {}), /^OptionsError: define\(name\): expected a text, got 7/);
  });

  it('are told to whoever asks for one that there is not', () => {
    const { there } = twoThreads({ send: {}, read: {} });
    assert.throws(
      () => there.get('sent'),
      (error) => {
        assert.ok(error instanceof UnknownPolicyError);
        assert.equal(error.policy, 'sent');
        assert.match(error.message, /sent.*send/);
        return true;
      },
    );
  });
});

describe('a keyed limiter that threads share', () => {
  it('has one bucket for each key, in all of them', () => {
    const { here, there } = twoThreads({ send: KEYED }, { keys: 8 });
    assert.equal(here.get('send').tryAcquire({ key: 'a' }).ok, true);
    assert.equal(there.get('send').tryAcquire({ key: 'a' }).ok, false);
    assert.equal(there.get('send').tryAcquire({ key: 'b' }).ok, true);
    assert.equal(here.get('send').tryAcquire({ key: 'b' }).ok, false);
  });

  it('leaves its keys to the next when it is removed', () => {
    const { define, remove } = twoThreads({ send: KEYED }, { keys: 8 });
    for (let round = 0; round < 8; round++) {
      remove('send');
      assert.ok(define('send', KEYED).tryAcquire({ key: 'a' }).ok);
    }
  });
});

describe('a definition that fails', () => {
  it('for want of room for its keys leaves its place to the next', () => {
    const { here, define } = twoThreads({}, { policies: 1, keys: 1 });
    assert.throws(
      () => define('send', { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 99 } } }),
      OptionsError,
    );
    assert.deepEqual(here.names(), []);
    assert.equal(define('next', ONE).bulkhead?.limit, 1);
  });

  // What of the memory a definition writes last: its text, its name.
  it('on its way leaves its place and its keys to the next', () => {
    let broken = true;
    const made = StatePlane.create({ policies: 1, threads: 1, keys: 8 }, 0);
    const plane = Object.create(made, {
      bytes: {
        get() {
          if (broken) throw new Error('broken');
          return made.bytes;
        },
      },
    }) as StatePlane;
    const arena = new Arena(made);
    const policies = new SharedPolicies({
      plane,
      clock: manualClock(),
      random: () => 0,
      host: sharedHost(plane, () => false),
    });
    const room = () => [arena.free, arena.freeCells];
    const before = room();
    assert.throws(() => policies.defineOnMain(arena, 'send', KEYED), /^Error: broken/);
    assert.deepEqual(room(), before);
    broken = false;
    assert.deepEqual(policies.names(), []);
    assert.ok(policies.defineOnMain(arena, 'send', KEYED).tryAcquire({ key: 'a' }).ok);
    assert.notDeepEqual(room(), before);
  });
});

describe('a policy that another thread defined', () => {
  const expected = 'options that this thread can have: from a module that both sides load (policiesOf)';

  it('is not to be had where a function of it stayed behind', () => {
    const { there } = twoThreads({ send: { isFailure: () => true, isIgnored: () => false } });
    assert.throws(() => there.get('send'), {
      name: 'OptionsError',
      path: 'policies.send',
      message: `policies.send: expected ${expected}, got isFailure, isIgnored: a function that stayed in the thread that defined it`,
    });
  });

  it('is not to be had where its options are too long', () => {
    const backoff = fromList(Array.from({ length: 2_000 }, (_, retry) => retry * 1.25));
    const { there } = twoThreads({ send: { retry: { backoff } } });
    assert.throws(() => there.get('send'), {
      path: 'policies.send',
      message: `policies.send: expected ${expected}, got options too long to be read by another thread`,
    });
  });

  it('is what the module that both load says, with its functions', async () => {
    const send = { bulkhead: { maxConcurrent: 3 }, fallback: () => 'instead' };
    const { there } = twoThreads({ send }, {}, { send });
    assert.equal(await there.get('send').execute(boom), 'instead');
  });
});

describe('an open time that grows', () => {
  const openMs = exponential({ baseMs: 1_000, jitter: 'none' });
  const send = { circuitBreaker: { consecutiveFailures: 1, openMs, halfOpen: { permits: 1 } } };

  it('is the first one for a policy that was just defined', async () => {
    const { here } = twoThreads({ send });
    await run(here.get('send'), 'f');
    assert.equal(here.get('send').circuitBreaker?.retryAfterMs, 1_000);
  });

  it('does not start over when another thread joins', async () => {
    const { clock, here, there } = twoThreads({ send });
    await run(here.get('send'), 'f');
    await clock.advance(1_000);
    there.get('send');
    await run(here.get('send'), 'f');
    assert.equal(there.get('send').circuitBreaker?.retryAfterMs, 2_000);
  });
});
