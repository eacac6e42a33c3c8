// Joining a runtime: what is a handle and what is none, and what a thread has that has joined.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEADER_BYTES } from '../../assembly/layout.ts';
import { createHoldfast, OptionsError } from '../../src/index.ts';
import { attachAdmitted, openedIn, type RuntimeHandle, sharedHost } from '../../src/policy/attached.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { attach } from '../../src/worker.ts';
import { fine } from '../support/given.ts';

function given() {
  const policies = { send: { bulkhead: { maxConcurrent: 1 } }, read: {} };
  const holdfast = createHoldfast({ policies, memory: { policies: 4, threads: 4, keys: 0 } });
  const handle = () => holdfast.share(new EventTarget()) as unknown as RuntimeHandle;
  return { holdfast, handle };
}

/** What is said of a handle that is none. */
function refused(handle: unknown): string {
  try {
    attach(handle);
  } catch (error) {
    if (error instanceof OptionsError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('a handle', () => {
  const { handle } = given();
  const whole = handle();

  it('is taken as it was given', () => {
    assert.equal(refused(whole), 'taken');
    assert.equal(refused({ ...whole, policies: 'file:///policies.js' }), 'taken');
  });

  it('is none when a part of it is missing or another', () => {
    for (const part of [
      { kind: undefined },
      { kind: 'holdfast.control' },
      { name: 7 },
      { name: undefined },
      { originMs: undefined },
      { originMs: '0' },
      { policies: 7 },
      { policies: null },
      { plane: undefined },
      { plane: null },
      { plane: 'memory' },
      { plane: {} },
      { plane: { ...whole.plane, memory: null } },
      { plane: { ...whole.plane, memory: { buffer: new ArrayBuffer(HEADER_BYTES) } } },
      { plane: { ...whole.plane, memory: { buffer: new SharedArrayBuffer(HEADER_BYTES - 4) } } },
      { plane: { ...whole.plane, row: 0.5 } },
      { plane: { ...whole.plane, fence: undefined } },
    ]) {
      assert.match(
        refused({ ...whole, ...part }),
        /^handle: expected what share\(worker\) gave, got /,
        JSON.stringify(part),
      );
    }
    const callable = Object.assign(() => {}, whole.plane);
    assert.match(refused({ ...whole, plane: callable }), /^handle: expected what share\(worker\) gave/);
  });

  it('is asked for its layout as soon as its memory is large enough to say so', () => {
    const memory = { buffer: new SharedArrayBuffer(HEADER_BYTES) };
    assert.match(
      refused({ ...whole, plane: { ...whole.plane, memory } }),
      /^handle: expected a memory of layout version \d+, got memory that Holdfast did not make/,
    );
  });
});

describe('a thread that has joined', () => {
  it('has opened the policies that it has asked for, and no others', async () => {
    const { handle } = given();
    const runtime = await attach(handle());
    assert.deepEqual(openedIn(runtime), []);
    const send = runtime.policy('send');
    assert.deepEqual(openedIn(runtime), [send]);
  });

  it('has opened none of a runtime that it has not joined', () => {
    const { holdfast } = given();
    assert.deepEqual(openedIn(holdfast as never), []);
  });

  it('calls on while the runtime drains where what it does was admitted, and else does not', async () => {
    const { holdfast, handle } = given();
    const works = await attachAdmitted(handle());
    const serves = await attach(handle());
    await holdfast.start();
    await holdfast.stop();
    assert.equal(await works.policy('send').execute(fine), 'fine');
    const { error } = (await serves.policy('send').executeOutcome(fine)) as { error: { code: string } };
    assert.equal(error.code, 'HF_DRAINING');
  });

  it('takes nothing for a call that was admitted but the context of one', () => {
    const plane = StatePlane.create({ policies: 1, threads: 1, keys: 0 }, 0);
    const { admitted } = sharedHost(plane, () => true);
    for (const parent of [null, undefined, 7, {}, { call: {} }, { call: null }]) {
      assert.equal(admitted(parent), false);
    }
  });
});
