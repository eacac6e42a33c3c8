import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given, held } from '../given.ts';

const often = { builtIn: false, intervalMs: 100, failureThreshold: 1 };

describe('recovery', () => {
  it('brings a component back that went down, with growing pauses', async () => {
    // Equal jitter with a draw of 0 halves the pauses: 500, 1 000, 2 000 …
    const { holdfast, clock } = given({ health: { ...often, intervalMs: 1_000_000 }, random: () => 0 });
    let well = true;
    const tries: number[] = [];
    holdfast.component({
      name: 'database',
      check: () => well,
      recover: () => {
        tries.push(clock.now());
        if (tries.length === 4) well = true;
        if (tries.length === 2) throw new Error('still gone');
      },
    });
    await holdfast.start();
    await clock.advance(0);
    const startMs = clock.now();
    well = false;
    await holdfast.health.checkNow('database');
    await clock.advance(10_000);
    assert.deepEqual(
      tries.map((ms) => ms - startMs),
      [0, 500, 1_500, 3_500],
    );
    assert.equal(holdfast.health.status().checks[0].state, 'up');
    await clock.advance(100_000);
    assert.equal(tries.length, 4);
    await holdfast.stop();
  });

  it('does one thing at a time', async () => {
    const { holdfast, clock } = given({ health: often });
    let running = 0;
    let most = 0;
    const repaired = new Set<string>();
    const step = held();
    for (const name of ['a', 'b', 'c']) {
      holdfast.component({
        name,
        check: () => repaired.has(name),
        recover: async () => {
          most = Math.max(most, ++running);
          if (name === 'a') await step.promise;
          running--;
          repaired.add(name);
        },
      });
    }
    await holdfast.start();
    await clock.advance(500);
    assert.deepEqual([running, repaired.size], [1, 0]);
    step.end();
    await clock.advance(0);
    assert.deepEqual([most, repaired.size], [1, 3]);
    await holdfast.stop();
  });

  it('gives a recovery its time, then goes on to the next', async () => {
    const { holdfast, clock } = given({ health: often });
    let others = 0;
    holdfast.component({
      name: 'a',
      check: () => false,
      recover: () => new Promise(() => {}),
      timeoutMs: 1_000,
    });
    holdfast.component({ name: 'b', check: () => false, recover: () => void others++ });
    await holdfast.start();
    await clock.advance(999);
    assert.equal(others, 0);
    await clock.advance(1);
    assert.equal(others, 1);
    await holdfast.stop();
  });

  it('ends with the runtime and begins anew with the next start', async () => {
    const { holdfast, clock } = given({ health: often });
    let tries = 0;
    holdfast.component({ name: 'a', check: () => false, recover: () => void tries++ });
    await holdfast.start();
    await clock.advance(0);
    assert.equal(tries, 1);
    await holdfast.stop();
    await clock.advance(1_000_000);
    assert.equal(tries, 1);
    await holdfast.start();
    await clock.advance(0);
    assert.equal(tries, 2);
    await holdfast.stop();
  });
});
