import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { createHoldfast } from '../../src/control/holdfast.ts';
import { given, SMALL } from './given.ts';

describe('a worker that is to take part', () => {
  it('must be able to say that it has ended', () => {
    const holdfast = createHoldfast({ memory: SMALL });
    for (const worker of [undefined, null, 7, {}, { once: 1, addEventListener: 2 }]) {
      assert.throws(() => holdfast.share(worker), OptionsError);
    }
  });

  it('may be one of the web, which says so by an event listener', () => {
    const holdfast = createHoldfast({ memory: SMALL });
    const events = new EventTarget();
    const places = () => {
      let left = 0;
      const made: EventTarget[] = [];
      try {
        for (; ; left++) {
          made.push(new EventTarget());
          holdfast.share(made[left]);
        }
      } catch {
        for (const each of made) each.dispatchEvent(new Event('close'));
      }
      return left;
    };
    const room = places();
    assert.ok(room > 0);
    holdfast.share(events);
    assert.equal(places(), room - 1);
    events.dispatchEvent(new Event('close'));
    assert.equal(places(), room, 'its place is free again');
  });

  it('cannot take part under a clock that only this thread has', () => {
    const { holdfast } = given();
    assert.throws(() => holdfast.share(new EventTarget()), /^OptionsError: clock: expected the system clock/);
  });
});

describe('a drive of a degradation', () => {
  it('needs names', () => {
    const { holdfast } = given();
    for (const check of ['', 7, [''], ['ping', null]] as never[]) {
      assert.throws(() => holdfast.degradation.drive('search', { check }), OptionsError);
    }
  });

  it('sets the level back when the policy is removed whose budget was exhausted', async () => {
    const { holdfast, clock } = given();
    const errorBudget = { objective: 0.9, windowMs: 3_600_000, minCalls: 2 };
    const guarded = holdfast.define('send', { errorBudget });
    holdfast.degradation.drive('search', { budget: 'send' });
    for (let call = 0; call < 3; call++) {
      await guarded.execute(() => Promise.reject(new Error('down'))).catch(() => {});
    }
    await clock.advance(2_000);
    assert.equal(holdfast.degradation.level('search'), 'degraded');
    holdfast.remove('send');
    await clock.advance(2_000);
    assert.equal(holdfast.degradation.level('search'), 'normal');
  });

  it('is normal for a component that nobody has ever heard of', () => {
    const { holdfast } = given();
    holdfast.degradation.set('search', 'emergency');
    assert.equal(holdfast.degradation.level('mail'), 'normal');
  });
});

describe('a runtime', () => {
  it('tells the lifecycle channel with which error its start failed', async () => {
    const { holdfast } = given();
    const broken = new Error('no disk');
    const errors: unknown[] = [];
    const hear = (message: unknown) => {
      const { error } = message as { error?: unknown };
      if (error !== undefined) errors.push(error);
    };
    subscribe('holdfast:lifecycle', hear);
    holdfast.component({ name: 'disk', start: () => Promise.reject(broken) });
    const error = await holdfast.start().catch((thrown) => thrown);
    unsubscribe('holdfast:lifecycle', hear);
    assert.equal(error.cause, broken);
    assert.deepEqual(errors, [broken]);
  });

  it('without the wing of the admin server says so', async () => {
    const { holdfast } = given();
    await assert.rejects(async () => holdfast.admin({ port: 0 }), /without an admin server/);
  });
});
