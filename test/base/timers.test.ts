import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { guardClock } from '../../src/base/clock-guard.ts';
import { TimerWheel } from '../../src/base/timer-wheel.ts';
import { backgroundTimersOf, callbackTimer, timersOf } from '../../src/base/timers.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { runScript } from './run-script.ts';

const script = new URL('./timers-script.ts', import.meta.url);

function given(options = {}) {
  const clock = manualClock(options);
  const timers = timersOf(clock);
  const fired: string[] = [];
  const node = (name: string) => callbackTimer((nowMs) => fired.push(`${name} at ${nowMs}`));
  return { clock, timers, fired, node };
}

describe('timers on a clock that is handed in', () => {
  it('are the same each time, in the background too', () => {
    const clock = manualClock();
    assert.equal(timersOf(clock), timersOf(clock));
    assert.equal(backgroundTimersOf(clock), timersOf(clock));
    assert.notEqual(timersOf(manualClock()), timersOf(clock));
  });

  it('are on that clock exactly, and gone from it when disarmed', () => {
    const { clock, timers, node } = given();
    const [a, b] = [node('a'), node('b')];
    timers.arm(a, 500);
    timers.arm(b, 128.5);
    assert.deepEqual([timers.size, clock.pending, clock.nextWakeMs], [2, 2, 128.5]);
    timers.disarm(b);
    timers.disarm(b);
    assert.deepEqual([timers.size, clock.pending, clock.nextWakeMs], [1, 1, 500]);
    timers.arm(a, 40);
    assert.deepEqual([timers.size, clock.pending, clock.nextWakeMs], [1, 1, 40]);
    timers.disarm(a);
    assert.deepEqual([timers.size, clock.pending, clock.nextWakeMs], [0, 0, undefined]);
  });

  it('fire by time, and at one time in the order of arming', async () => {
    const { clock, timers, fired, node } = given();
    for (const [name, atMs] of Object.entries({ c: 30, a: 10, d: 30, b: 20 })) timers.arm(node(name), atMs);
    await clock.advance(30);
    assert.deepEqual(fired, ['a at 10', 'b at 20', 'c at 30', 'd at 30']);
    assert.equal(timers.size, 0);
  });

  it('do not fire a node that another one of the same time disarms', async () => {
    const { clock, timers, fired, node } = given();
    const second = node('second');
    timers.arm(
      callbackTimer(() => timers.disarm(second)),
      10,
    );
    timers.arm(second, 10);
    await clock.advance(100);
    assert.deepEqual(fired, []);
  });

  it('can be armed again by the node that fires', async () => {
    const { clock, timers } = given();
    const times: number[] = [];
    const every10 = callbackTimer((nowMs) => {
      times.push(nowMs);
      if (times.length < 3) timers.arm(every10, nowMs + 10);
    });
    timers.arm(every10, 10);
    await clock.advance(100);
    assert.deepEqual(times, [10, 20, 30]);
  });

  it('wait for what was left when the clock is seen to have gone back', async () => {
    const { clock, timers, fired, node } = given({ startMs: 1_000 });
    const time = guardClock(clock);
    timers.arm(node('a'), time.now() + 50);
    timers.arm(node('b'), time.now() + 50);
    await clock.advance(20);
    assert.equal(time.now(), 1_020);
    clock.set(0);
    assert.equal(time.now(), 1_020);
    assert.deepEqual([clock.nextWakeMs, clock.pending], [30, 2]);
    await clock.advance(29);
    assert.deepEqual(fired, []);
    await clock.advance(1);
    assert.deepEqual(fired, ['a at 1050', 'b at 1050']);
  });

  it('let nothing through from a clock that fires twice or what was taken back', () => {
    const kept: (() => void)[] = [];
    const careless: Clock = {
      now: () => 0,
      wallMs: () => 0,
      setTimer: (_, fire) => {
        kept.push(fire);
        return () => {};
      },
    };
    const timers = timersOf(careless);
    let fired = 0;
    const node = callbackTimer(() => fired++);
    timers.arm(node, 10);
    timers.disarm(node);
    kept[0]();
    assert.equal(fired, 0);
    timers.arm(node, 10);
    kept[0]();
    assert.equal(fired, 0);
    kept[1]();
    kept[1]();
    assert.equal(fired, 1);
  });

  it('bear a clock that fires while it is still being asked to', () => {
    const hasty: Clock = {
      now: () => 100,
      wallMs: () => 0,
      setTimer: (_, fire) => {
        fire();
        return () => {};
      },
    };
    let fired = 0;
    timersOf(hasty).arm(
      callbackTimer(() => fired++),
      50,
    );
    assert.deepEqual([fired, timersOf(hasty).size], [1, 0]);
  });

  it('raise what a node throws and fire the others', async () => {
    const { lines, errors } = await runScript(script, 'a throw on a clock that is handed in');
    assert.deepEqual(lines, ['raised first', 'second fired'], errors);
  });

  it('tell a node a time that is not before its own, even where the clock fires early', () => {
    const early: Clock = {
      now: () => 99.7,
      wallMs: () => 0,
      setTimer: (_, fire) => {
        setImmediate(fire);
        return () => {};
      },
    };
    return new Promise<void>((resolve) => {
      timersOf(early).arm(
        callbackTimer((nowMs) => {
          assert.equal(nowMs, 100);
          resolve();
        }),
        100,
      );
    });
  });
});

describe('timers on the system clock', () => {
  it('are the same each time, those in the background apart', () => {
    assert.equal(timersOf(systemClock), timersOf(systemClock));
    assert.equal(backgroundTimersOf(systemClock), backgroundTimersOf(systemClock));
    assert.notEqual(timersOf(systemClock), backgroundTimersOf(systemClock));
    for (const timers of [timersOf(systemClock), backgroundTimersOf(systemClock)]) {
      assert.ok(timers instanceof TimerWheel, 'one real timer for all');
    }
  });

  it('fire in order, none early', async () => {
    const timers = timersOf(systemClock);
    const startMs = systemClock.now();
    const waits = Array.from({ length: 200 }, (_, index) => (index * 37) % 100);
    const fired: number[] = [];
    await new Promise<void>((resolve) => {
      for (const wait of waits) {
        const node = callbackTimer((nowMs) => {
          assert.ok(nowMs >= node.timerAtMs && systemClock.now() >= node.timerAtMs);
          fired.push(wait);
          if (fired.length === waits.length) resolve();
        });
        timers.arm(node, startMs + wait);
      }
    });
    assert.deepEqual(
      fired,
      waits.toSorted((a, b) => a - b),
    );
    assert.equal(timers.size, 0);
  });

  it('are armed and disarmed by the hundred thousand in one turn', () => {
    const timers = timersOf(systemClock);
    const nodes = Array.from({ length: 100_000 }, () => callbackTimer(() => assert.fail('fired')));
    const nowMs = systemClock.now();
    for (const [index, node] of nodes.entries()) timers.arm(node, nowMs + 60_000 + index);
    assert.equal(timers.size, 100_000);
    for (const node of nodes) timers.disarm(node);
    assert.equal(timers.size, 0);
  });

  for (const scene of ['armed and disarmed', 'a loop of awaited calls', 'armed in the background']) {
    it(`let a process end: ${scene}`, async () => {
      const { lines, errors, code, tookMs } = await runScript(script, scene);
      assert.deepEqual([lines, code], [[], 0], errors);
      assert.ok(tookMs < 30_000, `after ${tookMs} ms`);
    });
  }

  for (const scene of ['still armed', 'emptied, and armed again a turn later']) {
    it(`keep a process alive: ${scene}`, async () => {
      const { lines, errors, code } = await runScript(script, scene);
      assert.deepEqual([lines, code], [['fired'], 0], errors);
    });
  }

  it('raise what a node throws and fire the others', async () => {
    const { lines, errors } = await runScript(script, 'a throw');
    assert.deepEqual(lines, ['second fired', 'raised first', 'third fired'], errors);
  });
});
