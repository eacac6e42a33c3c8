import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composite } from '../../../src/control/health/composite.ts';
import { ping } from '../../../src/control/health/ping.ts';
import { threshold } from '../../../src/control/health/threshold.ts';
import { given } from '../given.ts';

const none = { health: { builtIn: false } };

describe('a threshold', () => {
  const run = async (check: ReturnType<typeof threshold>) => {
    const { holdfast } = given(none);
    holdfast.health.add(check);
    return (await holdfast.health.checkNow()).checks[0].state;
  };

  it('includes its bounds', async () => {
    for (const [reading, state] of [
      [0, 'up'],
      [0.01, 'up'],
      [0.010_1, 'down'],
      [-0.000_1, 'down'],
    ] as const) {
      assert.equal(
        await run(threshold('errors', { read: () => reading, min: 0, max: 0.01 })),
        state,
        `${reading}`,
      );
    }
  });

  it('fails for what is no number', async () => {
    assert.equal(await run(threshold('errors', { read: async () => Number.NaN, min: 0 })), 'down');
    assert.equal(await run(threshold('errors', { read: () => Number.NaN, max: 1 })), 'down');
  });

  it('needs a bound that can be kept', () => {
    assert.throws(() => threshold('errors', { read: () => 1 }), /threshold\(errors\).max/);
    assert.throws(() => threshold('errors', { read: () => 1, min: 2, max: 1 }), /at least min/);
  });
});

describe('a composite', () => {
  const up = ping('up', () => {});
  const down = ping('down', () => Promise.reject(new Error('gone')));
  const run = async (check: ReturnType<typeof composite>) => {
    const { holdfast } = given(none);
    holdfast.health.add(check);
    return (await holdfast.health.checkNow()).checks[0];
  };

  it('needs all, any, or some of its checks', async () => {
    const states = await Promise.all([
      run(composite('c', { all: [up, up] })),
      run(composite('c', { all: [up, down] })),
      run(composite('c', { any: [down, up] })),
      run(composite('c', { any: [down, down] })),
      run(composite('c', { atLeast: 2, of: [up, down, up] })),
      run(composite('c', { atLeast: 2, of: [up, down, down] })),
    ]);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['up', 'down', 'up', 'down', 'up', 'down'],
    );
    assert.match(String(states[1].lastError), /1 of 2 are well, 2 are needed; ill: down/);
  });

  it('is one of the three kinds', () => {
    assert.throws(() => composite('c', {} as never), /one of all, any, or atLeast with of, got none/);
    assert.throws(() => composite('c', { all: [up], any: [up] } as never), /all and any/);
    assert.throws(() => composite('c', { all: [] }), /composite\(c\).all/);
    assert.throws(() => composite('c', { atLeast: 3, of: [up] }), /composite\(c\).atLeast/);
  });
});
