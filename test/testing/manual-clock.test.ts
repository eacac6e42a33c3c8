import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionsError } from '../../src/base/errors.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

describe('a manual clock', () => {
  it('starts at zero, on the first day of 2030', () => {
    const clock = manualClock();
    assert.equal(clock.now(), 0);
    assert.equal(clock.wallMs(), Date.UTC(2030, 0, 1));
    assert.equal(clock.pending, 0);
    assert.equal(clock.nextWakeMs, undefined);
  });

  it('starts where it is told to', () => {
    const clock = manualClock({ startMs: 5_000, wallMs: 77 });
    assert.equal(clock.now(), 5_000);
    assert.equal(clock.wallMs(), 77);
  });

  it('stands still until it is advanced, and then both its times move', async () => {
    const clock = manualClock({ wallMs: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(clock.now(), 0);
    await clock.advance(12.5);
    assert.equal(clock.now(), 12.5);
    assert.equal(clock.wallMs(), 1_012.5);
  });

  it('fires what falls due by time, then in the order of setting, each at its time', async () => {
    const clock = manualClock();
    const fired: string[] = [];
    for (const [name, atMs] of Object.entries({ c: 30, a: 10, d: 30, b: 20.5, e: 31 })) {
      clock.setTimer(atMs, () => fired.push(`${name} at ${clock.now()}`));
    }
    await clock.advance(30);
    assert.deepEqual(fired, ['a at 10', 'b at 20.5', 'c at 30', 'd at 30']);
    assert.equal(clock.now(), 30);
    assert.equal(clock.pending, 1);
    assert.equal(clock.nextWakeMs, 31);
  });

  it('lets a chain of promises settle before the first timer and between two, of one time too', async () => {
    const clock = manualClock();
    const seen: string[] = [];
    const chain = async (name: string) => {
      for (let hop = 0; hop < 50; hop++) await undefined;
      seen.push(name);
    };
    void chain('before');
    clock.setTimer(0, () => {
      seen.push('first');
      void chain('after the first');
    });
    clock.setTimer(10, () => seen.push('one'));
    clock.setTimer(10, () => {
      seen.push('second');
      void chain('after the second');
    });
    await clock.advance(10);
    assert.deepEqual(seen, ['before', 'first', 'after the first', 'one', 'second', 'after the second']);
  });

  it('lets what waits for a turn of the event loop, or for the next tick, settle too', async () => {
    const clock = manualClock();
    const seen: string[] = [];
    clock.setTimer(10, async () => {
      await new Promise<void>((resolve) => process.nextTick(resolve));
      seen.push('tick');
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('turn');
    });
    clock.setTimer(11, () => seen.push('next'));
    await clock.advance(11);
    assert.deepEqual(seen, ['tick', 'turn', 'next']);
  });

  it('fires in one advance what its own timers set, and what settling sets', async () => {
    const clock = manualClock();
    const times: number[] = [];
    const again = () => {
      times.push(clock.now());
      void Promise.resolve().then(() => clock.setTimer(clock.now() + 100, again));
    };
    void Promise.resolve().then(() => clock.setTimer(100, again));
    await clock.advance(350);
    assert.deepEqual(times, [100, 200, 300]);
    assert.equal(clock.nextWakeMs, 400);
  });

  it('fires with the next advance what is due already, even by nothing', async () => {
    const clock = manualClock({ startMs: 100 });
    const fired: number[] = [];
    clock.setTimer(40, () => fired.push(clock.now()));
    clock.setTimer(100, () => fired.push(clock.now()));
    assert.deepEqual(fired, []);
    assert.equal(clock.nextWakeMs, 40);
    await clock.advance(0);
    assert.deepEqual(fired, [100, 100]);
  });

  it('forgets a timer that is cancelled, however often and when', async () => {
    const clock = manualClock();
    const fired: string[] = [];
    const cancelA = clock.setTimer(10, () => fired.push('a'));
    const cancelB = clock.setTimer(20, () => fired.push('b'));
    cancelA();
    cancelA();
    assert.equal(clock.pending, 1);
    assert.equal(clock.nextWakeMs, 20);
    await clock.advance(20);
    cancelB();
    assert.equal(clock.pending, 0);
    assert.deepEqual(fired, ['b']);
  });

  it('does not fire what an earlier timer cancels, of the same time too', async () => {
    const clock = manualClock();
    let fired = 0;
    clock.setTimer(10, () => cancel());
    const cancel = clock.setTimer(10, () => fired++);
    await clock.advance(50);
    assert.equal(fired, 0);
  });

  it('moves back and forth when it is set, firing nothing', async () => {
    const clock = manualClock({ startMs: 1_000, wallMs: 1_000_000 });
    const fired: number[] = [];
    clock.setTimer(1_500, () => fired.push(clock.now()));
    clock.set(200);
    assert.deepEqual([clock.now(), clock.wallMs()], [200, 999_200]);
    await clock.advance(800);
    assert.deepEqual([clock.now(), fired], [1_000, []]);
    clock.set(9_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([clock.wallMs(), fired, clock.nextWakeMs], [1_008_000, [], 1_500]);
    await clock.advance(0);
    assert.deepEqual(fired, [9_000]);
  });

  it('lets advances that overlap follow one another', async () => {
    const clock = manualClock();
    const fired: number[] = [];
    clock.setTimer(15, () => fired.push(clock.now()));
    await Promise.all([clock.advance(10), clock.advance(10), clock.advance(0)]);
    assert.equal(clock.now(), 20);
    assert.deepEqual(fired, [15]);
  });

  it('rejects the advance with what a timer throws, stays at its time, and goes on from there', async () => {
    const clock = manualClock();
    const boom = new Error('boom');
    let fired = 0;
    clock.setTimer(10, () => {
      throw boom;
    });
    clock.setTimer(20, () => fired++);
    await assert.rejects(clock.advance(100), (error) => error === boom);
    assert.equal(clock.now(), 10);
    await clock.advance(10);
    assert.equal(fired, 1);
  });

  it('refuses what is not a time', () => {
    const clock = manualClock({ startMs: 7 });
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5' as never, undefined as never]) {
      assert.throws(() => void clock.advance(ms), RangeError);
      assert.throws(() => clock.set(ms), RangeError);
      assert.throws(() => manualClock({ startMs: ms ?? null }), OptionsError);
    }
    assert.throws(() => manualClock({ wallMs: Number.NaN }), OptionsError);
    assert.throws(() => manualClock({ strtMs: 5 } as never), /did you mean "startMs"/);
    assert.throws(() => clock.setTimer(Number.NaN, () => {}), RangeError);
    assert.equal(clock.now(), 7);
  });

  it('takes a timer that never comes', async () => {
    const clock = manualClock();
    const cancel = clock.setTimer(Number.POSITIVE_INFINITY, () => assert.fail('fired'));
    await clock.advance(2 ** 52);
    assert.equal(clock.pending, 1);
    cancel();
    assert.equal(clock.pending, 0);
  });

  it('fires, of any timers set and cancelled, those that are left, in order', async () => {
    const timer = fc.record({ atMs: fc.nat(12), cancelled: fc.boolean() });
    const timers = fc.array(timer, { maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(timers, async (all) => {
        const clock = manualClock();
        const fired: number[] = [];
        const cancels = all.map(({ atMs }, index) => clock.setTimer(atMs, () => fired.push(index)));
        for (const [index, { cancelled }] of all.entries()) if (cancelled) cancels[index]();
        const left = [...all.entries()].filter(([, { cancelled }]) => !cancelled);
        const times = left.map(([, { atMs }]) => atMs);
        assert.equal(clock.pending, left.length);
        assert.equal(clock.nextWakeMs, times.length === 0 ? undefined : Math.min(...times));
        await clock.advance(12);
        const expected = left.toSorted(([a, one], [b, other]) => one.atMs - other.atMs || a - b);
        assert.deepEqual(
          fired,
          expected.map(([index]) => index),
        );
      }),
      { numRuns: 100 },
    );
  });
});
