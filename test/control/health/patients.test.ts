import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given, held } from '../given.ts';

const asked = { builtIn: false, intervalMs: 1_000_000, failureThreshold: 1 };

/** A component that is ill, with what it is asked and told. */
function ill(recover: (context: { signal: AbortSignal }) => unknown = () => {}) {
  // Equal jitter with a draw of 0 halves the pauses: 500, 1 000, 2 000 …
  const scene = given({ health: asked, random: () => 0 });
  const seen = { checks: 0, recoveries: 0, well: false };
  scene.holdfast.component({
    name: 'database',
    check: () => {
      seen.checks++;
      return seen.well;
    },
    recover: (context) => {
      seen.recoveries++;
      return recover(context);
    },
  });
  return { ...scene, seen };
}

describe('a component that is ill', () => {
  it('and cannot be recovered is only watched', async () => {
    const { holdfast, clock } = given({ health: asked });
    let checks = 0;
    holdfast.component({
      name: 'database',
      check: () => {
        checks++;
        return false;
      },
    });
    await holdfast.start();
    await clock.advance(120_000);
    assert.equal(checks, 1);
    await holdfast.stop();
  });

  it('is asked again at once after a recovery that went through, and not after one that failed', async () => {
    const { holdfast, clock, seen } = ill(() => {
      if (seen.recoveries === 1) throw new Error('no disk');
    });
    await holdfast.start();
    await clock.advance(0);
    assert.deepEqual(seen, { checks: 1, recoveries: 1, well: false });
    await clock.advance(500);
    assert.deepEqual(seen, { checks: 2, recoveries: 2, well: false });
    await holdfast.stop();
  });

  it('waits for nothing more once it is well', async () => {
    const { holdfast, clock, seen } = ill(() => {
      seen.well = true;
    });
    await holdfast.start();
    await clock.advance(0);
    assert.deepEqual(seen, { checks: 2, recoveries: 1, well: true });
    // The next run of the check, the next look at the event loop, and nothing else.
    assert.equal(clock.pending, 2);
    await holdfast.stop();
    assert.equal(clock.pending, 0);
  });

  it('waits for nothing more once the runtime stops', async () => {
    const { holdfast, clock, seen } = ill();
    await holdfast.start();
    await clock.advance(0);
    assert.equal(clock.pending, 3);
    await holdfast.stop();
    assert.equal(clock.pending, 0);
    assert.equal(seen.recoveries, 1);
  });

  it('has its recovery told when its time is over', async () => {
    let reason: unknown;
    const { holdfast, clock } = ill(({ signal }) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return new Promise(() => {});
    });
    await holdfast.start();
    await clock.advance(29_999);
    assert.equal(reason, undefined);
    await clock.advance(1);
    assert.match(String(reason), /database: start took longer than 30000 ms/);
    await holdfast.stop();
  });

  it('is not recovered twice over when its check is taken out and put back', async () => {
    const { holdfast, clock, seen } = ill();
    await holdfast.start();
    await clock.advance(0);
    holdfast.health.remove('database');
    holdfast.health.add({ name: 'database', run: () => false });
    await clock.advance(0);
    assert.equal(seen.recoveries, 1);
    await clock.advance(500);
    assert.equal(seen.recoveries, 2);
    await holdfast.stop();
  });

  it('and gets well while another one is recovered is not recovered any more', async () => {
    const { holdfast, clock, told } = given({ health: asked });
    const step = held();
    let well = false;
    holdfast.component({ name: 'first', check: () => false, recover: () => step.promise });
    holdfast.component({ name: 'second', check: () => well, recover: () => void told.push('second') });
    await holdfast.start();
    await clock.advance(0);
    well = true;
    await holdfast.health.checkNow('second');
    step.end();
    await clock.advance(0);
    assert.deepEqual(told, []);
    await holdfast.stop();
  });

  it('is not asked again when its recovery ends after the runtime has', async () => {
    const step = held();
    const { holdfast, clock, seen } = ill(() => step.promise);
    await holdfast.start();
    await clock.advance(0);
    await holdfast.stop();
    step.end();
    await clock.advance(0);
    assert.deepEqual(seen, { checks: 1, recoveries: 1, well: false });
  });
});
