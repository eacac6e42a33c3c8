// An error whose message could not be turned into text arrived from its thread as the text "[cannot be read]", and a
// DOMException whose name was an object could not be sent at all. Both arrive as errors.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fromWire, toWire } from '../../src/base/error-wire.ts';

const across = (thrown: unknown) => fromWire(structuredClone(toWire(thrown))) as Error & { code?: unknown };
const unreadable = { toString: () => assert.fail('no text') };

it('an error with a message that is no text arrives as an error, with its other fields', () => {
  const arrived = across(Object.assign(new RangeError('x'), { message: unreadable, code: 'E_FULL' }));
  assert.ok(arrived instanceof RangeError);
  assert.equal(arrived.message, '[cannot be read]');
  assert.equal(arrived.code, 'E_FULL');
});

it('an abort whose name is an object arrives', () => {
  const abort = Object.defineProperty(new DOMException('stop', 'AbortError'), 'name', { value: unreadable });
  const arrived = across(abort);
  assert.ok(arrived instanceof Error);
  assert.equal(arrived.message, 'stop');
});
