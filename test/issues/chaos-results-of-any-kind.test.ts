// A chaos result that JSON cannot say, as a bigint or what holds itself, made `define` throw a bare TypeError; one that
// JSON says otherwise, as a Map or NaN, arrived in other threads as something else. What JSON would change stays in the
// thread that defined it, where it is injected as it was given, and other threads are told so.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';

const MEMORY = { policies: 4, threads: 2, keys: 0 };

const unreadable = () => {
  throw new Error('not to be read');
};
const itself: Record<string, unknown> = {};
itself.self = itself;

const STAYS: [string, unknown][] = [
  ['a bigint', 1n],
  ['what holds itself', itself],
  ['a Map', new Map([['a', 1]])],
  ['a date', new Date(0)],
  ['no number', Number.NaN],
  ['a list with no number', [1, Number.NaN]],
  ['bytes', new Uint8Array(4)],
  ['a list with a gap', new Array(2)],
  ['a thing with nothing in it', { a: undefined }],
  ['what throws when it is read', { toJSON: unreadable }],
];
const GOES: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'instead'],
  ['a zero of either sign', -0],
  ['an empty thing', {}],
  ['a list of things', [1, { a: [true, null, 'b'] }]],
];

async function given(value: unknown) {
  const holdfast = createHoldfast({ memory: MEMORY });
  const policy = holdfast.define('shaken', { chaos: { result: { rate: 1, value } } });
  const stays = Policy.coreOf(policy).plan.inline.includes('chaos.result.value');
  await holdfast.start();
  holdfast.chaos.enable();
  const injected = await policy.execute(() => 'the real thing');
  await holdfast.stop();
  return { stays, injected };
}

describe('a chaos result', () => {
  for (const [what, value] of STAYS) {
    it(`may be ${what}, is injected as it is, and stays in its thread`, async () => {
      assert.deepEqual(await given(value), { stays: true, injected: value });
    });
  }

  for (const [what, value] of GOES) {
    it(`may be ${what}, is injected as it is, and goes to other threads`, async () => {
      assert.deepEqual(await given(value), { stays: false, injected: value });
    });
  }
});
