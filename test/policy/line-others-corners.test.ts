// A line that threads share, in which another one that is first does not move: what this one waits for, and how long.
// The other thread is played by its memory alone: a place in line, and nobody who would take a turn.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { sharedHost } from '../../src/policy/attached.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { Arena } from '../../src/state/arena.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Slot } from '../../src/state/slot.ts';
import { Threads } from '../../src/state/threads.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, fine, onBothEngines, pending, settled } from '../support/given.ts';

const START_MS = 36_000_000;

function given(engine: Engine, options: PolicyOptions) {
  const clock = manualClock({ startMs: START_MS });
  const shared = StatePlane.create({ policies: 2, threads: 4, keys: 0 }, START_MS, engine);
  const threads = new Threads(shared);
  const host = sharedHost(shared, () => true);
  const policies = new SharedPolicies({ plane: shared, clock, random: () => 0, host });
  const send = policies.defineOnMain(new Arena(shared), 'send', options);
  /** A thread with so many places in line before all that come later; it never moves by itself. */
  function busyThread({ places = 1, costs = 1 } = {}) {
    const plane = StatePlane.attach(threads.reserveOnMain());
    const { at, cell } = new Slot(plane, 0);
    const { kernels, fence } = plane;
    const orders = Array.from(
      { length: places },
      () => (8 - 1 - 4) * 2 ** 44 + kernels.lineJoin(at, cell, fence),
    );
    const head = () => kernels.lineHead(cell, orders[0] ?? 0, orders.length === 0 ? 0 : costs);
    head();
    return {
      /** Its first waiter gets its turn. */
      moves() {
        orders.shift();
        head();
        kernels.lineLeave(at, cell, fence, 1, 1);
      },
      leaves() {
        const left = orders.splice(0).length;
        head();
        kernels.lineLeave(at, cell, fence, left, 0);
      },
    };
  }
  const wakesInMs = () => (clock.nextWakeMs ?? Number.NaN) - clock.now();
  return { clock, send, busyThread, wakesInMs };
}

const LINE = { bulkhead: { maxConcurrent: 1, maxQueue: 9 } };

onBothEngines('a thread that is first in line and busy', (engine) => {
  it('holds others up for five milliseconds, and each more for five more', async () => {
    for (const [busy, heldUpMs] of [
      [1, 5],
      [2, 10],
    ]) {
      const { clock, send, busyThread } = given(engine, LINE);
      const slow = pending();
      const running = send.execute(slow.operation);
      for (let thread = 0; thread < busy; thread++) busyThread();
      const waits = send.execute(fine);
      slow.resolve('done');
      assert.equal(await running, 'done');
      await clock.advance(heldUpMs - 1);
      assert.equal(await settled(waits), 'pending');
      await clock.advance(1);
      assert.deepEqual(await settled(waits), { ok: 'fine' });
      assert.equal(send.bulkhead?.queued, busy);
    }
  });

  it('is waited for while nothing is free, and looked for again twice a second', async () => {
    const { clock, send, busyThread, wakesInMs } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    busyThread();
    const waits = send.execute(fine);
    assert.equal(wakesInMs(), 500);
    await clock.advance(499);
    assert.equal(wakesInMs(), 1);
    await clock.advance(1);
    assert.equal(wakesInMs(), 500);
    assert.equal(await settled(waits), 'pending');
    slow.resolve('done');
    assert.equal(await running, 'done');
    await clock.advance(5);
    assert.equal(await waits, 'fine');
  });

  it('holds them up anew when it has moved meanwhile', async () => {
    const { clock, send, busyThread, wakesInMs } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    const busy = busyThread({ places: 2 });
    const waits = send.execute(fine);
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.equal(wakesInMs(), 5);
    await clock.advance(3);
    busy.moves();
    await clock.advance(2);
    assert.equal(await settled(waits), 'pending');
    assert.equal(wakesInMs(), 5);
    await clock.advance(5);
    assert.equal(await waits, 'fine');
  });

  it('holds nobody up once it has left', async () => {
    const { clock, send, busyThread } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    const busy = busyThread();
    const waits = send.execute(fine);
    busy.leaves();
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.equal(await waits, 'fine');
    assert.equal(clock.pending, 0);
  });

  it('does not hold up who comes before it', async () => {
    const { send, busyThread } = given(engine, LINE);
    const slow = pending();
    const running = send.execute(slow.operation);
    busyThread();
    const waits = send.execute(fine, { priority: 7 });
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, waits]), ['done', 'fine']);
  });

  it('holds up for the limiter’s line only who might go: there must be tokens', async () => {
    for (const bulkhead of [undefined, { maxConcurrent: 1 }]) {
      const rateLimiter = { permitsPerSecond: 10, burst: 1, maxWaitMs: 5_000 };
      const { clock, send, busyThread, wakesInMs } = given(engine, { rateLimiter, bulkhead });
      assert.equal(await send.execute(fine), 'fine');
      busyThread();
      const waits = send.execute(fine);
      assert.equal(wakesInMs(), 500);
      await clock.advance(500);
      assert.equal(wakesInMs(), 5);
      await clock.advance(4);
      assert.equal(await settled(waits), 'pending');
      await clock.advance(1);
      assert.equal(await waits, 'fine');
    }
  });

  it('counts with all that it asks for where a newcomer would wait too long', async () => {
    const rateLimiter = { permitsPerSecond: 10, burst: 5, maxWaitMs: 450 };
    const { send, busyThread } = given(engine, { rateLimiter });
    assert.ok(send.tryAcquire({ permits: 5 }).ok);
    busyThread({ costs: 4 });
    const { rejected } = await send.executeOutcome(fine);
    assert.equal(rejected, true);
  });
});
