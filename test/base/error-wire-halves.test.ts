import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toWire } from '../../src/base/error-to-wire.ts';

/** How many of so many texts are sent. */
const sent = (text: string) =>
  (toWire(Array.from({ length: 200_000 }, () => text)) as { items: unknown[] }).items.length;

describe('half a character', () => {
  it('takes as much room among what is sent as a whole one of three bytes', () => {
    assert.equal(sent('\ud800'), sent('€'));
    assert.ok(sent('\ud800') < sent('a'));
  });
});
