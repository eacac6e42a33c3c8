import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { type Deadline, withDeadline } from '../../src/base/deadline.ts';
import { TimeoutError } from '../../src/base/errors.ts';
import { backgroundTimersOf, timersOf } from '../../src/base/timers.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

/** A promise that is settled from outside. */
function promised<T>() {
  let resolve = (_value: T): void => {};
  let reject = (_error: unknown): void => {};
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

/** A step that ends when it is told to, under a deadline on a clock that is moved by hand. */
function given(more: Partial<Deadline> = {}) {
  const clock = manualClock({ startMs: 1_000 });
  const told: boolean[] = [];
  const end = promised<string>();
  let signal: AbortSignal | undefined;
  const deadline: Deadline = { clock, timeoutMs: 50, scope: 'stop', name: 'the door', ...more };
  const result = withDeadline({ ...deadline, late: (ok) => told.push(ok) }, (given) => {
    signal = given;
    return end.promise;
  });
  // Looked at later: time passes in between.
  result.catch(() => {});
  return { clock, told, end, result, signal: signal as unknown as AbortSignal };
}

describe('a step under a deadline', () => {
  it('gives its result, and leaves no timer behind', async () => {
    const { clock, told, end, result, signal } = given();
    assert.equal(clock.nextWakeMs, 1_050);
    end.resolve('open');
    assert.equal(await result, 'open');
    assert.deepEqual([clock.pending, signal.aborted, told], [0, false, []]);
  });

  it('throws what it throws, at once or later', async () => {
    const { clock, told, end, result, signal } = given();
    end.reject(new RangeError('stuck'));
    await assert.rejects(result, RangeError);
    assert.deepEqual([clock.pending, signal.aborted, told], [0, false, []]);
    const thrown = withDeadline({ clock, timeoutMs: 50, scope: 'stop', name: 'the door' }, () => {
      throw new RangeError('stuck');
    });
    await assert.rejects(thrown, RangeError);
    assert.equal(clock.pending, 0);
  });

  it('is too late at its deadline, and is told so', async () => {
    const { clock, result, signal } = given();
    await clock.advance(49);
    assert.equal(signal.aborted, false);
    await clock.advance(1);
    await assert.rejects(result, (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.scope, error.timeoutMs], ['stop', 50]);
      assert.equal(error.message, 'the door: stop took longer than 50 ms');
      assert.equal(signal.reason, error);
      return true;
    });
  });

  for (const ok of [true, false]) {
    it(`is told of when it ${ok ? 'succeeds' : 'fails'} after all`, async () => {
      const { clock, told, end, result } = given();
      await clock.advance(50);
      await assert.rejects(result, TimeoutError);
      assert.deepEqual(told, []);
      if (ok) end.resolve('open');
      else end.reject(new RangeError('stuck'));
      await clock.advance(0);
      assert.deepEqual(told, [ok]);
    });
  }

  it('may end late without anybody who is told', async () => {
    const clock = manualClock();
    const end = promised<void>();
    const step = { clock, timeoutMs: 5, scope: 'check', name: 'ping' } as const;
    const refused = assert.rejects(
      withDeadline(step, () => end.promise),
      TimeoutError,
    );
    await clock.advance(5);
    await refused;
    end.resolve();
    await clock.advance(0);
  });

  it('takes as long as it likes when it is given for ever', async () => {
    const { clock, end, result } = given({ timeoutMs: Number.POSITIVE_INFINITY });
    assert.equal(clock.pending, 0);
    end.resolve('open');
    assert.equal(await result, 'open');
  });

  it('is told when it is not wanted any more, and may still end by itself', async () => {
    const asked = new AbortController();
    const { clock, end, result, signal } = given({ wanted: asked.signal });
    asked.abort('enough');
    assert.equal(signal.reason, 'enough');
    end.resolve('half open');
    assert.equal(await result, 'half open');
    assert.equal(clock.pending, 0);
  });

  it('does not hear that it is not wanted once it has ended', async () => {
    const asked = new AbortController();
    const { end, result, signal } = given({ wanted: asked.signal });
    end.resolve('open');
    await result;
    asked.abort('enough');
    assert.equal(signal.aborted, false);
  });

  it('keeps the process alive, unless it is in the background', async () => {
    for (const background of [undefined, false, true]) {
      const end = promised<void>();
      const step = { clock: systemClock, timeoutMs: 60_000, scope: 'stop', name: 'it', background } as const;
      const armed = () => [timersOf(systemClock).size, backgroundTimersOf(systemClock).size];
      const result = withDeadline(step, () => end.promise);
      assert.deepEqual(armed(), background === true ? [0, 1] : [1, 0]);
      end.resolve();
      await result;
      assert.deepEqual(armed(), [0, 0]);
    }
  });
});
