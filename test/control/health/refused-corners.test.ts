import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { OptionsError } from '../../../src/base/errors.ts';
import { composite, http, ping } from '../../../src/index.ts';
import { given, held } from '../given.ts';

const often = { builtIn: false, intervalMs: 100, failureThreshold: 1 };

const refused = (path: string) => (error: unknown) => {
  assert.ok(error instanceof OptionsError, String(error));
  assert.ok(error.message.startsWith(`${path}: expected `), error.message);
  return true;
};

describe('a check that cannot be right is refused where it is made', () => {
  const check = ping('up', () => true);

  it('without a name, or without a function', () => {
    assert.throws(() => ping('', () => true), refused('ping(name)'));
    assert.throws(() => ping(7 as never, () => true), refused('ping(name)'));
    assert.throws(() => ping('it', 'up' as never), refused('ping(probe)'));
  });

  it('with an address that is none, or a status that no server answers with', () => {
    assert.throws(() => http('site', { url: 'no url' }), refused('http(site).url'));
    assert.throws(() => http('site', { url: 'ftp://localhost/' }), refused('http(site).url'));
    assert.throws(() => http('site', { url: 7 as never }), refused('http(site).url'));
    for (const expect of [99, 600, 200.5, '200'] as never[]) {
      assert.throws(() => http('site', { url: 'http://localhost/', expect }), refused('http(site).expect'));
    }
  });

  it('with a number of checks beside all or any of them', () => {
    const both = { all: [check], atLeast: 1 } as never;
    assert.throws(() => composite('both', both), refused('composite(both).atLeast'));
  });

  it('when it is no check at all, and says what came', () => {
    const { holdfast } = given({ health: often });
    for (const each of [null, undefined, 'up', {}, { name: '', run: () => true }] as never[]) {
      assert.throws(() => holdfast.health.add(each), OptionsError);
    }
    assert.deepEqual(holdfast.health.status().checks, []);
  });
});

describe('a check of one’s own', () => {
  it('is called custom unless it says what it is', () => {
    const { holdfast } = given({ health: often });
    holdfast.health.add({ name: 'mine', run: () => true });
    holdfast.health.add({ name: 'queue', kind: 'depth', run: () => true });
    assert.deepEqual(
      holdfast.health.status().checks.map(({ kind }) => kind),
      ['custom', 'depth'],
    );
  });

  it('that throws nothing at all is down, and says so', async () => {
    const { holdfast } = given({ health: often });
    holdfast.health.add(ping('mute', () => Promise.reject(undefined)));
    await holdfast.health.checkNow('mute');
    const [{ state, lastError }] = holdfast.health.status().checks;
    assert.equal(state, 'down');
    assert.match(String(lastError), /mute: the check failed with undefined/);
  });

  it('that is taken away while it runs tells nobody', async () => {
    const { holdfast } = given({ health: often });
    const step = held();
    const changes: string[] = [];
    holdfast.health.on('change', ({ check }) => changes.push(check));
    holdfast.health.add(ping('gone', () => step.promise.then(() => false)));
    const run = holdfast.health.checkNow('gone');
    holdfast.health.remove('gone');
    step.end();
    await run;
    assert.deepEqual(changes, []);
  });
});

describe('a recovery', () => {
  it('is told to the health channel, with the error when it did not work', async () => {
    const { holdfast, clock } = given({ health: { ...often, intervalMs: 1_000_000 }, random: () => 0 });
    const heard: { check: string; tries: number; error: unknown }[] = [];
    const hear = (message: unknown) => {
      const { event, check, tries, error } = message as { event: string } & (typeof heard)[0];
      if (event === 'recover') heard.push({ check, tries, error });
    };
    subscribe('holdfast:health', hear);
    let well = true;
    const broken = new Error('still gone');
    holdfast.component({
      name: 'database',
      check: () => well,
      recover: () => {
        if (heard.length === 0) throw broken;
        well = true;
      },
    });
    await holdfast.start();
    await clock.advance(0);
    well = false;
    await holdfast.health.checkNow('database');
    await clock.advance(10_000);
    unsubscribe('holdfast:health', hear);
    assert.deepEqual(heard, [
      { check: 'database', tries: 1, error: broken },
      { check: 'database', tries: 2, error: undefined },
    ]);
    await holdfast.stop();
  });

  it('that fails after the component has come up by itself is not tried again', async () => {
    const { holdfast, clock } = given({ health: { ...often, intervalMs: 1_000_000 }, random: () => 0 });
    let well = true;
    let tries = 0;
    const step = held();
    holdfast.component({
      name: 'database',
      check: () => well,
      recover: async () => {
        tries++;
        await step.promise;
        throw new Error('not by me');
      },
    });
    await holdfast.start();
    await clock.advance(0);
    well = false;
    await holdfast.health.checkNow('database');
    await clock.advance(0);
    well = true;
    await holdfast.health.checkNow('database');
    step.end();
    await clock.advance(100_000);
    assert.equal(tries, 1);
    await holdfast.stop();
  });
});
