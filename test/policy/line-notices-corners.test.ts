// A line that threads share: what this thread tells the others of it, and what it does when they tell something. The
// notices of shared memory are played here, so that each comes when the scene wants it; the other thread is played by
// its memory.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { LINE_EVENT, LINE_GRANTS } from '../../assembly/layout.ts';
import { type PolicyOptions, policy } from '../../src/index.ts';
import { sharedHost } from '../../src/policy/attached.ts';
import { Policy } from '../../src/policy/policy.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { Arena } from '../../src/state/arena.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Slot } from '../../src/state/slot.ts';
import { Threads } from '../../src/state/threads.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, fine, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

interface Asked {
  word: number;
  timeoutMs: number;
  come: () => void;
}

const real = { waitAsync: Atomics.waitAsync, notify: Atomics.notify };
let asked: Asked[] = [];
let told: number[] = [];
let changedAlready = false;

beforeEach(() => {
  asked = [];
  told = [];
  changedAlready = false;
  Object.assign(Atomics, {
    waitAsync(_words: Int32Array, word: number, _value: number, timeoutMs: number) {
      const { promise, resolve } = withResolver();
      asked.push({ word, timeoutMs, come: () => resolve('ok') });
      return changedAlready ? { async: false, value: 'not-equal' } : { async: true, value: promise };
    },
    notify: (_words: Int32Array, word: number) => told.push(word),
  });
});

afterEach(() => void Object.assign(Atomics, real));

function withResolver() {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((give) => {
    resolve = give;
  });
  return { promise, resolve };
}

function given(engine: Engine, options: PolicyOptions) {
  const clock = manualClock({ startMs: 36_000_000 });
  const shared = StatePlane.create({ policies: 2, threads: 4, keys: 0 }, clock.now(), engine);
  const threads = new Threads(shared);
  const arena = new Arena(shared);
  const host = sharedHost(shared, () => true);
  const policies = new SharedPolicies({ plane: shared, clock, random: () => 0, host });
  const send = policies.defineOnMain(arena, 'send', options);
  const { slot } = Policy.coreOf(send);
  /** A thread with a place in line before all that come later; it never moves by itself. */
  function busyThread() {
    const plane = StatePlane.attach(threads.reserveOnMain());
    const { at, cell } = new Slot(plane, 0);
    const { kernels, fence } = plane;
    kernels.lineHead(cell, (8 - 1 - 4) * 2 ** 44 + kernels.lineJoin(at, cell, fence), 1);
    return {
      leaves() {
        kernels.lineHead(cell, 0, 0);
        kernels.lineLeave(at, cell, fence, 1, 0);
      },
    };
  }
  return {
    clock,
    send,
    busyThread,
    word: (slot.at + LINE_EVENT) >> 2,
    grants: () => slot.readI(LINE_GRANTS),
    /** Threads that have somebody in line, as another one sees it. */
    waiting: () => shared.kernels.lineRank(slot.at, Number.MAX_SAFE_INTEGER),
    remove: () => policies.removeOnMain(arena, 'send'),
  };
}

const LINE = { bulkhead: { maxConcurrent: 1, maxQueue: 9 } };

onBothEngines('who waits in a line that threads share', (engine) => {
  it('asks to be told once for all that wait here, until a notice comes', async () => {
    const { send, busyThread, word } = given(engine, LINE);
    const held = send.tryAcquire();
    assert.ok(held.ok);
    assert.equal(asked.length, 0);
    const busy = busyThread();
    const waits = [send.execute(fine), send.execute(fine)];
    assert.deepEqual(
      asked.map(({ word, timeoutMs }) => [word, timeoutMs]),
      [[word, 250]],
    );
    asked[0].come();
    assert.equal(await settled(waits[0]), 'pending');
    assert.equal(asked.length, 2);
    held.settle('ignored');
    busy.leaves();
    asked[1].come();
    assert.deepEqual(await Promise.all(waits), ['fine', 'fine']);
  });

  it('has their turn at a notice, with no time passing', async () => {
    const { clock, send, busyThread } = given(engine, LINE);
    const held = send.tryAcquire();
    assert.ok(held.ok);
    const busy = busyThread();
    const waits = send.execute(fine);
    held.settle('ignored');
    busy.leaves();
    assert.equal(await settled(waits), 'pending');
    asked[0].come();
    assert.deepEqual(await settled(waits), { ok: 'fine' });
    assert.equal(clock.pending, 0);
  });

  it('asks for no notice once nobody waits here', async () => {
    const { send } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    const waits = send.execute(fine);
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, waits]), ['done', 'fine']);
    asked[0].come();
    await settled(waits);
    assert.equal(asked.length, 1);
  });

  it('asks for no notice where no thread shares the line', () => {
    const clock = manualClock();
    const alone = policy(LINE, { clock, engine });
    assert.ok(alone.tryAcquire().ok);
    void alone.execute(fine);
    assert.equal(alone.bulkhead?.queued, 1);
    assert.equal(asked.length, 0);
  });

  it('waits as well where something has changed before it could ask', async () => {
    const { send } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    changedAlready = true;
    const waits = [send.execute(fine), send.execute(fine)];
    assert.equal(asked.length, 2);
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, ...waits]), ['done', 'fine', 'fine']);
  });

  it('is sent away at once when the policy is removed, though another thread is first', async () => {
    const { send, busyThread, remove } = given(engine, LINE);
    assert.ok(send.tryAcquire().ok);
    busyThread();
    const waits = errorOf(send.execute(fine));
    assert.equal(remove(), true);
    const sentAway = (await settled(waits)) as { ok: { code: string } };
    assert.equal(sentAway.ok.code, 'HF_UNKNOWN_POLICY');
  });
});

onBothEngines('the others in a line that threads share', (engine) => {
  it('are told when somebody before them leaves, or when what they wait for comes back', async () => {
    const { send, busyThread, word } = given(engine, LINE);
    const held = send.tryAcquire();
    assert.ok(held.ok);
    const caller = new AbortController();
    const left = errorOf(send.execute(fine, { signal: caller.signal }));
    busyThread();
    assert.deepEqual(told, []);
    caller.abort('enough');
    assert.equal(await left, 'enough');
    assert.deepEqual(told, [word]);
    held.settle('ignored');
    assert.deepEqual(told, [word, word]);
  });

  it('see that somebody waits here, and how many had their turn: who was sent away had none', async () => {
    for (const options of [LINE, { rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 5_000 } }]) {
      const { clock, send, grants, waiting } = given(engine, {
        ...options,
        circuitBreaker: { consecutiveFailures: 9, openMs: 100 },
      });
      const held = send.tryAcquire();
      assert.ok(held.ok);
      const sentAway = errorOf(send.execute(fine));
      assert.equal(waiting(), 1);
      send.circuitBreaker?.open();
      held.settle('ignored');
      await clock.advance(100);
      assert.equal(((await sentAway) as { code: string }).code, 'HF_CIRCUIT_OPEN');
      assert.deepEqual([waiting(), grants()], [0, 0]);
      send.circuitBreaker?.close();
      const again = send.tryAcquire();
      assert.ok(again.ok);
      const waits = send.execute(fine);
      again.settle('ignored');
      await clock.advance(100);
      assert.equal(await waits, 'fine');
      assert.deepEqual([waiting(), grants()], [0, 1]);
    }
  });

  it('see that somebody had a turn who takes nothing but tokens', async () => {
    const { clock, send, grants } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 5_000 },
    });
    assert.equal(await send.execute(fine), 'fine');
    const waits = send.execute(fine);
    await clock.advance(100);
    assert.equal(await waits, 'fine');
    assert.equal(grants(), 1);
  });

  it('hold somebody up for five milliseconds in all, however often the line is asked meanwhile', async () => {
    const { clock, send, busyThread } = given(engine, LINE);
    const held = send.tryAcquire();
    assert.ok(held.ok);
    busyThread();
    const first = send.execute(fine);
    held.settle('ignored');
    await clock.advance(3);
    const second = send.execute(fine);
    await clock.advance(1);
    assert.equal(await settled(first), 'pending');
    await clock.advance(1);
    assert.deepEqual(await settled(first), { ok: 'fine' });
    await clock.advance(5);
    assert.deepEqual(await settled(second), { ok: 'fine' });
  });

  it('hold nobody up longer who asks for many permits where no limiter counts them', async () => {
    const { clock, send, busyThread } = given(engine, LINE);
    const held = send.tryAcquire();
    assert.ok(held.ok);
    busyThread();
    const waits = send.execute(fine, { permits: 5 });
    held.settle('ignored');
    await clock.advance(5);
    assert.deepEqual(await settled(waits), { ok: 'fine' });
  });
});
