// Where WebAssembly may not be used, and where options never stand still.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { SLOT_LOCK } from '../../assembly/layout.ts';
import { createHoldfast, policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { Slot } from '../../src/state/slot.ts';

const { Instance } = WebAssembly;
const { load } = Atomics;
const memory = { policies: 2, threads: 2, keys: 0 };

describe('where WebAssembly is forbidden', () => {
  afterEach(() => Object.assign(WebAssembly, { Instance }));

  const forbidden = function Instance() {
    throw new WebAssembly.CompileError('not under this policy');
  };

  it('the twin decides, unless WebAssembly was asked for', async () => {
    Object.assign(WebAssembly, { Instance: forbidden });
    const holdfast = createHoldfast({ memory, policies: { send: { bulkhead: { maxConcurrent: 1 } } } });
    assert.equal(holdfast.engine, 'js');
    assert.equal(await holdfast.policy('send').execute(() => 'sent'), 'sent');
    assert.throws(() => createHoldfast({ memory, engine: 'wasm' }), /not under this policy/);
  });
});

describe('options that change without end', () => {
  const guarded = policy({ bulkhead: { maxConcurrent: 7 } });
  const { slot } = Policy.coreOf(guarded);

  afterEach(() => Object.assign(Atomics, { load }));

  /** From now on each look at the memory finds a version that is eight further on. */
  function never(): void {
    let turn = 0;
    const further = (words: Int32Array, index: number) => load(words, index) + 8 * turn++;
    Object.assign(Atomics, { load: further });
  }

  it('are never read half: who had some keeps them, who had none is told', () => {
    const before = slot.numbers.maxConcurrent;
    new Slot(slot.plane, slot.index).publish(() => ({ maxConcurrent: 8 }), 0);
    never();
    assert.equal(slot.numbers.maxConcurrent, before);
    assert.throws(() => new Slot(slot.plane, slot.index), /change faster than they can be read/);
    Object.assign(Atomics, { load });
    assert.equal(slot.numbers.maxConcurrent, 8);
  });

  it('cannot be changed while another thread holds them, and that is said', () => {
    const lock = (slot.at + SLOT_LOCK) >> 2;
    Atomics.store(slot.plane.i32, lock, 99);
    const change = { bulkhead: { maxConcurrent: 9 } };
    assert.throws(() => guarded.update(change), /^OptionsError: policy: expected other threads to stop/);
    assert.equal(guarded.bulkhead?.limit, 8);
    Atomics.store(slot.plane.i32, lock, 0);
    guarded.update(change);
    assert.equal(guarded.bulkhead?.limit, 9);
  });
});
