// Options as trees: what is one, what of it is copied, and what differs between two plans that have not the same parts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTree, mergedOptions, type OptionTree, treeOf } from '../../../src/policy/options/option-tree.ts';
import { changedOption } from '../../../src/policy/options/same-shape.ts';
import { read } from './refusal.ts';

describe('options as a tree', () => {
  it('have branches that are plain objects, and no function that says it is one', () => {
    assert.equal(isTree({}), true);
    assert.equal(isTree(Object.create(null)), true);
    const says = Object.assign(() => 5, { [Symbol.toStringTag]: 'Object' });
    for (const other of [says, [], null, undefined, 5, 'text', new Date(0)])
      assert.equal(isTree(other), false);
  });

  it('are copied as deep as options lie, and below that are what was given', () => {
    const deepest = { e: 5 };
    const given = { a: { b: { c: { d: deepest } } } };
    const copy = treeOf('', given) as typeof given;
    assert.deepEqual(copy, given);
    assert.notEqual(copy.a.b.c, given.a.b.c);
    assert.equal(copy.a.b.c.d, deepest);
  });

  it('are copied in finite time when they hold themselves', () => {
    const endless: Record<string, unknown> = {};
    endless.retry = endless;
    const copy = treeOf('', endless);
    assert.notEqual(copy.retry, endless);
  });

  it('are laid over what the others have themselves, and over nothing that these inherit', () => {
    const base: OptionTree = Object.create({ retry: { maxRetries: 5 } });
    assert.deepEqual(mergedOptions(base, { retry: { maxElapsedMs: 5 } }), { retry: { maxElapsedMs: 5 } });
  });
});

describe('two plans', () => {
  it('differ by the strategy that only one of them has', () => {
    for (const [name, options] of [
      ['bulkhead', { maxConcurrent: 5 }],
      ['rateLimiter', { permitsPerSecond: 5 }],
    ] as const) {
      const [without, having] = [read({}), read({ [name]: options })];
      assert.equal(changedOption(without, having), name);
      assert.equal(changedOption(having, without), name);
      assert.equal(changedOption(having, having), undefined);
    }
  });
});
