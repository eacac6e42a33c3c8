import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { follow } from '../../src/base/native-promise.ts';

class Marked<T> extends Promise<T> {}

const same = (outcome: unknown) => outcome;
const fail = (error: unknown): never => {
  throw error;
};

describe('a promise of the engine’s own', () => {
  it('is followed to what is made of its value, or of its error', async () => {
    assert.equal(await follow(Promise.resolve(2), (value) => (value as number) + 1, fail), 3);
    assert.equal(await follow((async () => 'async')(), (value) => `${value}!`, fail), 'async!');
    assert.equal(await follow(Promise.reject(new Error('x')), same, String), 'Error: x');
    await assert.rejects(follow(Promise.reject(new Error('x')), same, fail) as Promise<unknown>, /x/);
  });

  it('is followed by the engine’s then', async () => {
    const own = Object.assign(Promise.resolve('engine'), {
      // biome-ignore lint/suspicious/noThenProperty: what a patched promise looks like
      then: () => assert.fail('asked'),
    });
    assert.equal(await follow(own, same, fail), 'engine');
  });

  it('is one still when the global class is another', async () => {
    const { Promise: engines } = globalThis;
    globalThis.Promise = Marked as never;
    try {
      assert.ok(follow(engines.resolve(), same, fail) instanceof engines);
      assert.equal(follow(Marked.resolve(), same, fail), undefined);
    } finally {
      globalThis.Promise = engines;
    }
  });
});

describe('what is no promise of the engine’s own', () => {
  it('is left alone', () => {
    const others: unknown[] = [
      undefined,
      null,
      1,
      'text',
      () => {},
      {},
      { constructor: Promise },
      Marked.resolve(),
    ];
    for (const other of others) assert.equal(follow(other, same, fail), undefined);
  });

  it('is left alone where it looks like one', () => {
    assert.equal(follow(Object.create(Promise.prototype), same, fail), undefined);
    assert.equal(follow(new Proxy(Promise.resolve(), {}), same, fail), undefined);
  });

  it('is one whose class cannot be read', () => {
    const broken = Object.defineProperty(Promise.resolve(), 'constructor', {
      get: () => {
        throw new Error('no class');
      },
    });
    assert.equal(follow(broken, same, fail), undefined);
  });
});
