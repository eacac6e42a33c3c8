import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as kit from '../../src/testing/index.ts';
import { upstream } from '../../src/testing/upstream.ts';

const context = (signal = new AbortController().signal) => ({
  signal,
  attempt: 2,
  remainingMs: 40,
  policy: 'send',
});

const failure = (result: Promise<unknown>) =>
  result.then(
    () => assert.fail('it succeeded'),
    (error) => error,
  );

describe('a scripted upstream', () => {
  it('lets a call wait until the test says how it ends', async () => {
    const up = upstream<string>();
    const answer = up.operation(context());
    assert.equal(up.pending, 1);
    up.succeed('done');
    assert.equal(await answer, 'done');
    assert.equal(up.pending, 0);
    assert.equal(up.calls, 1);
  });

  it('ends calls in the order in which they arrived', async () => {
    const up = upstream<string>();
    const boom = new Error('boom');
    const answers = [up.operation(), failure(up.operation()), up.operation()];
    up.succeed('first');
    up.fail(boom);
    up.succeed('third');
    assert.deepEqual(await Promise.all(answers), ['first', boom, 'third']);
  });

  it('keeps endings for calls to come', async () => {
    const up = upstream<number>();
    up.fail('busy');
    up.succeed(7);
    assert.equal(up.scripted, 2);
    assert.equal(await failure(up.operation()), 'busy');
    assert.equal(await up.operation(), 7);
    assert.equal(up.scripted, 0);
  });

  it('leaves a call hanging, and ends the ones behind it', async () => {
    const up = upstream<string>();
    up.hang();
    const hanging = up.operation();
    const waiting = up.operation();
    up.succeed('second');
    assert.equal(await waiting, 'second');
    assert.equal(up.pending, 1);
    (await up.next()).succeed('at last');
    assert.equal(await hanging, 'at last');
  });

  it('leaves a call hanging that waits already', async () => {
    const up = upstream<string>();
    const hanging = up.operation();
    up.hang();
    up.succeed('for the next one');
    assert.equal(await up.operation(), 'for the next one');
    assert.equal(up.pending, 1);
    (await up.next()).fail(new Error('late'));
    assert.match(String(await failure(hanging)), /late/);
  });

  it('hands each call out once, those that arrived and those that will', async () => {
    const up = upstream<string>();
    const early = up.operation(context());
    const first = await up.next();
    const coming = [up.next(), up.next()];
    const late = [up.operation(), up.operation()];
    const [second, third] = await Promise.all(coming);
    assert.deepEqual([first.number, second.number, third.number], [1, 2, 3]);
    third.succeed('third');
    second.succeed('second');
    first.succeed('first');
    assert.deepEqual(await Promise.all([early, ...late]), ['first', 'second', 'third']);
  });

  it('hands out calls that the script has ended', async () => {
    const up = upstream<string>();
    up.succeed('done');
    await up.operation();
    const call = await up.next();
    assert.equal(call.pending, false);
  });

  it('ends a call once', async () => {
    const up = upstream<string>();
    const answer = up.operation();
    const call = await up.next();
    call.succeed('first');
    call.fail(new Error('second'));
    up.succeed('for the next one');
    assert.equal(await answer, 'first');
    assert.equal(up.pending, 0);
    assert.equal(up.scripted, 1, 'the ended call took no ending');
  });

  it('tells what a call was told, and whether it was aborted, without heeding it', async () => {
    const up = upstream<string>();
    const controller = new AbortController();
    const told = context(controller.signal);
    const answer = up.operation(told);
    const call = await up.next();
    assert.equal(call.context, told);
    assert.equal(call.aborted, false);
    controller.abort();
    assert.equal(call.aborted, true);
    assert.equal(call.pending, true);
    call.succeed('nevertheless');
    assert.equal(await answer, 'nevertheless');
  });

  it('fails with an error of its own when it is given none, and with undefined when it is given that', async () => {
    const up = upstream();
    up.fail();
    up.fail(undefined);
    assert.match((await failure(up.operation())).message, /call 1 failed/);
    assert.equal(await failure(up.operation()), undefined);
  });
});

describe('holdfast/testing', () => {
  it('offers time, chance and an upstream', () => {
    assert.deepEqual(Object.keys(kit).sort(), ['manualClock', 'scriptedRandom', 'seededRandom', 'upstream']);
  });
});
