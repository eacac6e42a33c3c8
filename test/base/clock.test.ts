import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { adoptThreadOrigin, threadNow, threadOrigin } from '../../src/base/thread-time.ts';
import { spawnWorker } from '../support/spawn.ts';

describe('the system clock', () => {
  it('never goes back', () => {
    let last = systemClock.now();
    for (let reading = 0; reading < 100_000; reading++) {
      const now = systemClock.now();
      assert.ok(now >= last, `${now} after ${last}`);
      last = now;
    }
  });

  it('tells fractions of a millisecond', () => {
    const readings = Array.from({ length: 100 }, () => systemClock.now());
    assert.ok(readings.some((ms) => ms % 1 !== 0));
  });

  it('tells the wall time by the side', () => {
    const before = Date.now();
    const told = systemClock.wallMs();
    assert.ok(before <= told && told <= Date.now());
  });

  it('is the same in another thread, to the time that a question takes', async () => {
    const worker = spawnWorker(new URL('./clock-worker.ts', import.meta.url), { originMs: threadOrigin() });
    await once(worker, 'message');
    for (let question = 0; question < 5; question++) {
      const askedMs = systemClock.now();
      worker.postMessage('time?');
      const [{ nowMs, unadopted }] = await once(worker, 'message');
      const answeredMs = systemClock.now();
      // 50 µs for the catching of the wall clock's turn where that is how threads agree.
      assert.ok(askedMs - 0.05 <= nowMs && nowMs <= answeredMs + 0.05, `${askedMs} ${nowMs} ${answeredMs}`);
      // Without that they agree as well, only less closely.
      assert.ok(Math.abs(unadopted - nowMs) < 10_000, `${unadopted} and ${nowMs} are not of one origin`);
    }
    await worker.terminate();
  });

  it('stands where it stood when a thread adopts its own origin', () => {
    const before = threadNow();
    adoptThreadOrigin(threadOrigin());
    const after = threadNow();
    assert.ok(after > before - 1 && after < before + 100, `${before} then ${after}`);
  });

  it('keeps its time when there is no origin to adopt', () => {
    const before = threadNow();
    adoptThreadOrigin(Number.NaN);
    const after = threadNow();
    assert.ok(after >= before && after < before + 100);
  });

  it('fires a timer when its time has come, not before', async () => {
    for (const waitMs of [0, 0.4, 1, 3.7, 20]) {
      const atMs = systemClock.now() + waitMs;
      const firedMs = await new Promise<number>((resolve) => {
        systemClock.setTimer(atMs, () => resolve(systemClock.now()));
      });
      assert.ok(firedMs >= atMs, `${firedMs} is before ${atMs}`);
    }
  });

  it('does not fire during the call, even if the time is over', async () => {
    let fired = 0;
    await new Promise<void>((resolve) => {
      systemClock.setTimer(systemClock.now() - 1_000, () => {
        fired++;
        resolve();
      });
      assert.equal(fired, 0);
    });
    assert.equal(fired, 1);
  });

  it('does not fire what was cancelled, however often that was', async () => {
    let fired = 0;
    const atMs = systemClock.now() + 1;
    const cancel = systemClock.setTimer(atMs, () => fired++);
    cancel();
    cancel();
    await new Promise<void>((resolve) => void systemClock.setTimer(atMs + 5, resolve));
    cancel();
    assert.equal(fired, 0);
  });
});
