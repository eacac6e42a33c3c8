import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { ping } from '../../src/control/health/ping.ts';
import { given } from './given.ts';

const budget = { errorBudget: { objective: 0.9, windowMs: 3_600_000, minCalls: 1 } };
const quiet = { builtIn: false, intervalMs: 1_000_000, failureThreshold: 1 };
const refused = (path: string) => new RegExp(`^OptionsError: ${path.replace(/[()]/g, '\\$&')}: expected `);

type Scene = ReturnType<typeof given>;

/** The moves of a component, as they are told. */
function movesOf({ holdfast }: Scene, component: string): string[] {
  const moves: string[] = [];
  holdfast.degradation.on('change', ({ component: each, from, to, overall }) => {
    if (each === component) moves.push(`${from} → ${to}, ${overall}`);
  });
  return moves;
}

describe('a level', () => {
  it('is told with where it came from and how bad all is', () => {
    const scene = given();
    const { degradation } = scene.holdfast;
    degradation.set('mail', 'emergency');
    const moves = movesOf(scene, 'search');
    degradation.set('search', 'degraded');
    degradation.set('search', 'degraded');
    degradation.set('mail', 'normal');
    degradation.set('search', 'severelyDegraded');
    degradation.set('search', 'normal');
    assert.deepEqual(moves, [
      'normal → degraded, emergency',
      'degraded → severelyDegraded, severelyDegraded',
      'severelyDegraded → normal, normal',
    ]);
    assert.deepEqual(
      [...degradation.components()],
      [
        ['mail', 'normal'],
        ['search', 'normal'],
      ],
    );
  });

  it('is a component’s own, and is one of those that there are', () => {
    const { degradation } = given().holdfast;
    assert.throws(() => degradation.set(7 as never, 'degraded'), refused('degradation.set(component)'));
    assert.throws(() => degradation.set('mail', 'worse' as never), refused('degradation.set'));
    assert.equal(degradation.components().size, 0);
    assert.equal(degradation.level(), 'normal');
  });
});

describe('work by level', () => {
  const work = {
    normal: () => 'normal',
    degraded: () => 'degraded',
    severelyDegraded: () => 'severe',
    emergency: () => 'emergency',
  };

  it('is that of each level where there is one for each', () => {
    const { degradation } = given().holdfast;
    for (const [level, done] of [
      ['normal', 'normal'],
      ['degraded', 'degraded'],
      ['severelyDegraded', 'severe'],
      ['emergency', 'emergency'],
    ] as const) {
      degradation.set('mail', level);
      assert.equal(degradation.select(work), done);
    }
  });

  it('is refused in an emergency with the level, unless there is some for it', () => {
    const { degradation } = given().holdfast;
    degradation.set('mail', 'emergency');
    const { emergency: _, ...rest } = work;
    assert.throws(() => degradation.select(rest), { code: 'HF_EMERGENCY', level: 'emergency' });
  });

  it('that gives nothing is done once all the same', () => {
    const { degradation } = given().holdfast;
    const done: string[] = [];
    degradation.set('mail', 'degraded');
    const choices = { normal: () => void done.push('normal'), degraded: () => void done.push('degraded') };
    assert.equal(degradation.select(choices), undefined);
    assert.deepEqual(done, ['degraded']);
  });
});

describe('a drive', () => {
  it('is by any of the budgets and any of the checks that it is told', async () => {
    const scene = given({ health: quiet, policies: { send: budget, sign: budget, plain: {} } });
    const { holdfast, clock } = scene;
    let ill = '';
    for (const name of ['database', 'queue', 'other']) holdfast.health.add(ping(name, () => name !== ill));
    holdfast.degradation.drive('mail', { budget: ['send', 'sign'], check: ['database', 'queue'] });
    const level = async (name: string) => {
      ill = name;
      await holdfast.health.checkNow();
      return holdfast.degradation.level('mail');
    };
    assert.equal(await level(''), 'normal');
    assert.equal(await level('database'), 'degraded');
    assert.equal(await level('other'), 'normal');
    assert.equal(await level('queue'), 'degraded');
    assert.equal(await level(''), 'normal');
    holdfast.policy('sign').errorBudget?.record(false);
    await clock.advance(1_000);
    assert.equal(holdfast.degradation.level('mail'), 'degraded');
  });

  it('begins with what is wrong already', () => {
    const { holdfast } = given({ policies: { send: budget } });
    holdfast.policy('send').errorBudget?.record(false);
    const driving = holdfast.degradation.drive('mail', { budget: 'send', level: 'severelyDegraded' });
    assert.equal(holdfast.degradation.level('mail'), 'severelyDegraded');
    driving.dispose();
  });

  it('takes a level back that was set by hand before it began', () => {
    const { holdfast } = given({ policies: { send: budget } });
    holdfast.degradation.set('mail', 'emergency');
    holdfast.degradation.drive('mail', { budget: 'send' });
    assert.equal(holdfast.degradation.level('mail'), 'normal');
  });

  it('leaves alone what a hand sets while nothing changes', async () => {
    const { holdfast, clock } = given({ policies: { send: budget } });
    holdfast.degradation.drive('mail', { budget: 'send' });
    holdfast.degradation.set('mail', 'emergency');
    await clock.advance(10_000);
    assert.equal(holdfast.degradation.level('mail'), 'emergency');
    holdfast.policy('send').errorBudget?.record(false);
    await clock.advance(1_000);
    assert.equal(holdfast.degradation.level('mail'), 'degraded');
  });

  it('looks once a second, and at once when a check or a budget says so', async () => {
    const scene = given({ health: quiet, policies: { send: budget } });
    const { holdfast, clock } = scene;
    const moves = movesOf(scene, 'mail');
    holdfast.degradation.drive('mail', { budget: 'send' });
    assert.deepEqual([clock.pending, clock.nextWakeMs], [1, clock.now() + 1_000]);
    await clock.advance(1_000);
    assert.deepEqual([clock.pending, clock.nextWakeMs], [1, clock.now() + 1_000]);
    await holdfast
      .policy('send')
      .execute(() => Promise.reject(new Error('boom')))
      .catch(() => {});
    assert.deepEqual(moves, ['normal → degraded, degraded']);
  });

  it('that is disposed of hears nothing more and lets another one begin', async () => {
    const { holdfast, clock } = given({ health: quiet });
    let well = true;
    holdfast.health.add(ping('database', () => well));
    await holdfast.health.checkNow();
    const first = holdfast.degradation.drive('mail', { check: 'database' });
    first[Symbol.dispose]();
    assert.equal(clock.pending, 0);
    well = false;
    await holdfast.health.checkNow();
    assert.equal(holdfast.degradation.level('mail'), 'normal');
    holdfast.degradation.drive('mail', { check: 'database' });
    assert.equal(holdfast.degradation.level('mail'), 'degraded');
  });

  it('is refused for what cannot drive', () => {
    const { degradation } = given({ policies: { send: budget, plain: {} } }).holdfast;
    const drive =
      (options: object, component: unknown = 'mail') =>
      () =>
        degradation.drive(component as string, options);
    assert.throws(drive({ budget: 'send' }, 7), refused('degradation.drive(component)'));
    assert.throws(drive({ budgets: 'send' }), /did you mean "budget"/);
    assert.throws(drive({ budget: [], check: [] }), refused('degradation.drive(mail).budget'));
    assert.throws(drive({ budget: 7 }), refused('degradation.drive(mail).budget'));
    assert.throws(drive({ budget: ['send', ''] }), refused('degradation.drive(mail).budget'));
    assert.throws(drive({ check: '' }), refused('degradation.drive(mail).check'));
    assert.throws(drive({ budget: ['send', 'plain'] }), /got plain$/);
    for (const level of ['normal', 'worse']) {
      assert.throws(drive({ budget: 'send', level }), refused('degradation.drive(mail).level'));
    }
    assert.equal(degradation.components().size, 0, 'none of them began');
    assert.doesNotThrow(drive({ budget: 'send', check: 'later' }));
  });
});

describe('the state channel', () => {
  it('has what changes in any policy, those that came later too', async () => {
    const { holdfast, clock } = given({ name: 'orders', policies: { send: budget } });
    const messages: Record<string, unknown>[] = [];
    const hear = (message: unknown) => void messages.push(message as Record<string, unknown>);
    holdfast.define('late', { circuitBreaker: { consecutiveFailures: 1 } });
    subscribe('holdfast:state', hear);
    await holdfast
      .policy('send')
      .execute(() => Promise.reject(new Error('boom')))
      .catch(() => {});
    holdfast.policy('late').circuitBreaker?.open();
    await clock.advance(0);
    unsubscribe('holdfast:state', hear);
    const told = messages.map(({ runtime, event, policy }) => `${runtime} ${event} ${policy}`);
    assert.ok(told.includes('orders exhausted send'), told.join());
    assert.ok(told.includes('orders stateChange late'), told.join());
  });
});
