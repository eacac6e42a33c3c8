import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { CALL_CHANNEL, CHAOS_CHANNEL, publishCall } from '../../src/base/diagnostics.ts';

const facts = { policy: 'send', durationMs: 12, attempts: 2 };

/** What is published on a channel meanwhile. */
function heard(name: string, publish: () => void): unknown[] {
  const messages: unknown[] = [];
  const listen = (message: unknown) => messages.push(message);
  subscribe(name, listen);
  publish();
  unsubscribe(name, listen);
  return messages;
}

describe('the diagnostics channels', () => {
  it('say whether anybody listens', () => {
    const quiet = () => {};
    assert.equal(CHAOS_CHANNEL.hasSubscribers, false);
    subscribe('holdfast:chaos', quiet);
    assert.equal(CHAOS_CHANNEL.hasSubscribers, true);
    unsubscribe('holdfast:chaos', quiet);
    assert.equal(CHAOS_CHANNEL.hasSubscribers, false);
  });

  it('tell what is published on them', () => {
    const said = { event: 'began', experiment: 'slow' } as const;
    assert.deepEqual(
      heard('holdfast:chaos', () => CHAOS_CHANNEL.publish(said)),
      [said],
    );
    assert.equal(CALL_CHANNEL.hasSubscribers, false);
  });

  it('tell of a call with its error, or without one when it succeeded', () => {
    const error = new Error('no');
    assert.deepEqual(
      heard('holdfast:call', () => publishCall(facts, true, undefined)),
      [{ ...facts, ok: true }],
    );
    assert.deepEqual(
      heard('holdfast:call', () => publishCall(facts, false, error)),
      [{ ...facts, ok: false, error }],
    );
  });
});
