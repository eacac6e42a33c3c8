// Which errors say where they came from: those that are mistakes of a program's, and not those that are answers.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CircuitOpenError, OptionsError } from '../../src/base/errors.ts';

it('a mistake has a trace that leads to who made it', () => {
  const { stack } = new OptionsError({ path: 'a', expected: 'b', received: 'c' });
  assert.match(String(stack), /traces\.test/);
});

it('an answer has name and message for a stack, and leaves the limit of traces as it was', () => {
  const limit = Error.stackTraceLimit;
  const error = new CircuitOpenError({ policy: 'send', retryAfterMs: 5, state: 'open' });
  assert.equal(error.stack, `${error.name}: ${error.message}`);
  assert.equal(Error.stackTraceLimit, limit);
  assert.match(String(new Error('later').stack), /traces\.test/);
});
