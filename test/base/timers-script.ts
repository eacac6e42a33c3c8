// Run as a process of its own: what it prints and when it ends is what the test looks at.

import { systemClock } from '../../src/base/clock.ts';
import { backgroundTimersOf, callbackTimer, timersOf } from '../../src/base/timers.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

const timers = timersOf(systemClock);
const background = backgroundTimersOf(systemClock);

const scenes: Record<string, () => Promise<void> | void> = {
  'armed and disarmed'() {
    const node = callbackTimer(() => console.log('fired'));
    timers.arm(node, systemClock.now() + 60_000);
    timers.disarm(node);
  },
  async 'a loop of awaited calls'() {
    const timeout = callbackTimer(() => console.log('fired'));
    for (let call = 0; call < 100_000; call++) {
      timers.arm(timeout, systemClock.now() + 60_000);
      await undefined;
      timers.disarm(timeout);
    }
  },
  'still armed'() {
    timers.arm(
      callbackTimer(() => console.log('fired')),
      systemClock.now() + 300,
    );
  },
  async 'emptied, and armed again a turn later'() {
    const node = callbackTimer(() => console.log('fired'));
    timers.arm(node, systemClock.now() + 60_000);
    timers.disarm(node);
    await new Promise((resolve) => setTimeout(resolve, 20));
    timers.arm(node, systemClock.now() + 300);
  },
  'armed in the background'() {
    background.arm(
      callbackTimer(() => console.log('fired')),
      systemClock.now() + 60_000,
    );
  },
  async 'a throw'() {
    process.on('uncaughtException', (error) => console.log(`raised ${error.message}`));
    const atMs = systemClock.now() + 5;
    timers.arm(
      callbackTimer(() => {
        throw new Error('first');
      }),
      atMs,
    );
    timers.arm(
      callbackTimer(() => console.log('second fired')),
      atMs,
    );
    await new Promise<void>((resolve) =>
      timers.arm(
        callbackTimer(() => resolve()),
        atMs + 20,
      ),
    );
    console.log('third fired');
  },
  async 'a throw on a clock that is handed in'() {
    process.on('uncaughtException', (error) => console.log(`raised ${error.message}`));
    const clock = manualClock();
    const onClock = timersOf(clock);
    onClock.arm(
      callbackTimer(() => {
        throw new Error('first');
      }),
      5,
    );
    onClock.arm(
      callbackTimer(() => console.log('second fired')),
      5,
    );
    await clock.advance(5);
  },
};

await scenes[process.argv[2]]();
