// Options that come from a module of their own: which of its exports are policies, and where it is.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError, policiesOf } from '../../src/index.ts';
import { moduleOf, policiesIn } from '../../src/policy/policies-of.ts';

const URL_TEXT = 'file:///policies.js';
const SEND = { bulkhead: { maxConcurrent: 1 } };
const READ = { timeout: { attemptMs: 1 } };

function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof OptionsError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('the policies of a module', () => {
  it('are its exports that are objects', () => {
    const module = { send: SEND, read: READ, helper: () => 1, many: 7, none: null };
    assert.deepEqual(policiesIn(module), { send: SEND, read: READ });
  });

  it('are those of its export `policies`, or else of its default', () => {
    assert.deepEqual(policiesIn({ policies: { send: SEND }, default: { read: READ }, other: {} }), {
      send: SEND,
    });
    assert.deepEqual(policiesIn({ default: { read: READ }, other: {} }), { read: READ });
  });

  it('are not those of an export that is no object', () => {
    for (const nothing of [undefined, null, 7, () => SEND]) {
      assert.deepEqual(policiesIn({ policies: nothing, default: nothing, send: SEND }), { send: SEND });
    }
  });
});

describe('options with the module that they came from', () => {
  it('are a copy of its policies, and carry its URL unseen', () => {
    const policies = { send: SEND };
    for (const url of [URL_TEXT, new URL(URL_TEXT)]) {
      const options = policiesOf(url, { policies });
      assert.deepEqual({ ...options }, policies);
      assert.notEqual(options, policies);
      assert.equal(moduleOf(options), URL_TEXT);
    }
    assert.equal(moduleOf(policies), undefined);
  });

  it('have no module where they are inline, or none', () => {
    for (const inline of [{}, undefined, null]) assert.equal(moduleOf(inline), undefined);
  });

  it('are of a loaded module', () => {
    for (const [module, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['text', '"text"'],
    ]) {
      assert.equal(
        refused(() => policiesOf(URL_TEXT, module as never)),
        `policiesOf(module): expected a loaded module, got ${shown}`,
      );
    }
  });

  it('are of a module that has a URL', () => {
    for (const url of ['./policies.js', '', undefined, 7]) {
      assert.match(
        refused(() => policiesOf(url as never, { send: SEND })),
        /^policiesOf\(url\): expected a URL, got /,
      );
    }
    // What can be parsed as a URL when it is made a text is none for that.
    const like = { toString: () => URL_TEXT };
    assert.match(
      refused(() => policiesOf(like as never, { send: SEND })),
      /^policiesOf\(url\): expected a URL, got /,
    );
  });

  it('say which of the two could not be read', () => {
    const module = Object.defineProperty({}, 'policies', { get: () => assert.fail('read') });
    assert.match(
      refused(() => policiesOf(URL_TEXT, module)),
      /^policiesOf\(module\): /,
    );
  });
});
