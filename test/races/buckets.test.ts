import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { F_KEYED, F_RATE, F_SHARED_KEYS } from '../../assembly/layout.ts';
import { bucket } from '../state/given.ts';
import { assemble, type Crew, SIZE, sum } from './crew.ts';
import { NOW } from './jobs.ts';
import { CHANGES } from './jobs-options.ts';

describe('threads at one token bucket', () => {
  let crew: Crew;
  before(async () => {
    crew = await assemble(70_000);
  });
  after(() => crew.dismiss());

  it('get exactly what is in it', async () => {
    const policy = crew.policy({ features: F_RATE, numbers: bucket(1, 500_000) });
    const taken = await crew.race('take', policy, { tries: 250_000, most: 1 });
    assert.equal(sum(taken), 500_000);
    assert.equal(policy.kernels.rateAvailable(policy.slot.at, NOW), 0);
  });

  it('get no more than is in it, whatever they ask for at a time', async () => {
    const policy = crew.policy({ features: F_RATE, numbers: bucket(1, 50_000) });
    const taken = sum(await crew.race('take', policy, { tries: 40_000, most: 4 }));
    assert.equal(taken + policy.kernels.rateAvailable(policy.slot.at, NOW), 50_000);
    assert.ok(taken > 50_000 - 4);
  });

  it('leave in it what they did not keep', async () => {
    const policy = crew.policy({ features: F_RATE, numbers: { ...bucket(1_000, 200), maxDebtMs: 50 } });
    const kept = sum(await crew.race('exchange', policy, { turns: 40_000 }));
    assert.equal(policy.kernels.rateAvailable(policy.slot.at, NOW), 200 - kept);
    assert.ok(kept <= 250);
  });

  it('get exactly what is in it while others change its rate', async () => {
    const policy = crew.policy({ features: F_RATE, numbers: bucket(1, 30_000) });
    const done = new SharedArrayBuffer(4);
    const taken = await crew.race('takeWhileChanging', policy, { tries: 40_000, burst: 30_000, done });
    assert.equal(sum(taken), 30_000);
    assert.ok(policy.slot.version >= CHANGES);
  });

  it('get exactly what is in the bucket of each key', async () => {
    const numbers = bucket(1, 50, true);
    const policy = crew.policy({ features: F_RATE | F_KEYED | F_SHARED_KEYS, maxKeys: 300, numbers });
    const taken = await crew.race('takeKeyed', policy, { keys: 300, rounds: 40 });
    for (let key = 0; key < 300; key++) assert.equal(sum(taken.map((each) => each[key])), 50, `key ${key}`);
    assert.equal(policy.kernels.keyedLive(policy.slot.at, NOW), 300);
  });

  it('give each new key one bucket, though all bring it at once', async () => {
    const numbers = bucket(1, SIZE - 1, true);
    const policy = crew.policy({ features: F_RATE | F_KEYED, maxKeys: 16_384, numbers });
    const taken = await crew.race('takeKeyed', policy, { keys: 16_384, rounds: 1 });
    const permits = Array.from({ length: 16_384 }, (_, key) => sum(taken.map((each) => each[key])));
    assert.deepEqual(
      permits.filter((count) => count > SIZE - 1),
      [],
    );
    // A cell that changes hands may cost its new owner a permit of the one who was to have it: a matter of chance,
    // where a thread is put to sleep between two steps, and never a permit too many.
    assert.ok(permits.filter((count) => count < SIZE - 1).length <= 3);
    assert.equal(policy.kernels.keyedLive(policy.slot.at, NOW), 16_384);
  });

  it('fill a table that is too small, and no bucket is had twice', async () => {
    const policy = crew.policy({ features: F_RATE | F_KEYED, maxKeys: 512, numbers: bucket(1, 1, true) });
    const taken = await crew.race('takeKeyed', policy, { keys: 4_000, rounds: 2 });
    const permits = Array.from({ length: 4_000 }, (_, key) => sum(taken.map((each) => each[key])));
    assert.ok(permits.every((count) => count <= 1));
    // Three less at most: see above.
    assert.ok(sum(permits) <= 1_024 && sum(permits) >= 1_021, String(sum(permits)));
    assert.equal(policy.kernels.keyedLive(policy.slot.at, NOW), 1_024);
  });
});
