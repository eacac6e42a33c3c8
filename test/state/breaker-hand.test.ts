import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

const NORMAL = 0;
const DISABLED = 1;
const METRICS_ONLY = 2;
const STATE = { closed: 0, halfOpen: 1, open: 2 };

for (const engine of ENGINES) {
  const given = () => givenBreaker(engine, { numbers: { consecutive: 2, trials: 1 } });

  describe(`a breaker in an operator’s hand (${engine})`, () => {
    it('is held open by each isolation, until the last is released', () => {
      const { isolate, state, tries, waitMs, call } = given();
      isolate(1);
      isolate(1);
      assert.deepEqual([state(), tries(), waitMs()], ['isolated', 'isolated', Number.POSITIVE_INFINITY]);
      isolate(-1);
      assert.equal(state(), 'isolated');
      isolate(-1);
      assert.equal(state(), 'closed');
      call();
    });

    it('is open again with its old deadline when an isolation ends', () => {
      const { calls, isolate, pass, state, waitMs } = given();
      calls(2, 'fails');
      pass(300);
      isolate(1);
      pass(300);
      isolate(-1);
      assert.deepEqual([state(), waitMs()], ['open', 400]);
    });

    it('still hears of calls that were on their way when it was isolated', () => {
      const { call, isolate, state, counts } = given();
      const pending = call();
      isolate(1);
      pending.ends('fails');
      isolate(-1);
      assert.deepEqual([state(), counts().failures], ['closed', 1]);
    });

    it('opens for as long as it is told, and lets trials pass then', () => {
      const { force, state, waitMs, pass, call } = given();
      assert.equal(force(5_000), 1);
      assert.deepEqual([state(), waitMs()], ['open', 5_000]);
      assert.equal(force(9_000), 0);
      assert.equal(waitMs(), 9_000);
      pass(9_000);
      assert.equal(call().ends('ok'), 'closed');
    });

    it('closes at once, and is empty then', () => {
      const { calls, force, state, counts } = given();
      calls(2, 'fails');
      assert.equal(force(-1), 1);
      assert.deepEqual([state(), counts().total], ['closed', 0]);
      assert.equal(force(-1), 0);
      assert.equal(calls(2, 'fails'), 'opened');
    });

    it('passes everything and counts nothing while disabled', () => {
      const { mode, calls, state, counts, force } = given();
      calls(1, 'fails');
      assert.equal(mode(DISABLED), NORMAL);
      assert.equal(state(), 'disabled');
      assert.equal(calls(50, 'fails'), undefined);
      assert.equal(counts().total, 1);
      force(-1);
      assert.equal(state(), 'closed');
    });

    it('lets calls through while disabled though it was open', () => {
      const { mode, calls, state, call } = given();
      calls(2, 'fails');
      mode(DISABLED);
      call().ends('ok');
      assert.equal(mode(NORMAL), DISABLED);
      assert.equal(state(), 'open');
    });

    it('counts and never trips while it only measures', () => {
      const { mode, calls, state, counts } = given();
      mode(METRICS_ONLY);
      assert.equal(calls(50, 'fails'), undefined);
      assert.deepEqual([state(), counts().total, counts().failures], ['metrics-only', 50, 50]);
      mode(NORMAL);
      assert.equal(state(), 'closed');
    });

    it('stays isolated whatever its mode', () => {
      const { mode, isolate, state, force } = given();
      mode(METRICS_ONLY);
      isolate(1);
      assert.equal(state(), 'isolated');
      force(-1);
      assert.equal(state(), 'isolated');
      isolate(-1);
      assert.equal(state(), 'closed');
    });

    it('is put back as a snapshot says, in a new generation', () => {
      const { restore, state, waitMs, calls, call, counts } = given();
      const late = call();
      restore(STATE.open, 0, 250);
      assert.deepEqual([state(), waitMs()], ['open', 250]);
      restore(STATE.halfOpen, 0, 0);
      assert.equal(state(), 'half-open');
      restore(STATE.closed, 1, 0);
      late.ends('fails');
      assert.deepEqual([state(), counts().total], ['closed', 0]);
      assert.equal(calls(1, 'fails'), 'opened');
    });

    it('shows the trials and nothing else when it measured while half-open, and was disabled then', () => {
      const { calls, call, pass, mode, counts, durationMs } = givenBreaker(engine, {
        numbers: { consecutive: 1, slowMs: 10 },
      });
      calls(1, 'fails');
      pass(1_000);
      call().ends('ok');
      mode(METRICS_ONLY);
      call().ends('ok', 50);
      assert.deepEqual([counts().total, counts().slow, durationMs()], [1, 1, 50]);
      mode(DISABLED);
      assert.deepEqual([counts().total, counts().slow, durationMs()], [1, 0, 0]);
    });

    it('lets calls through when it is put back with so many failures in a row that it may still bear', () => {
      const { restore, waitMs, tries } = givenBreaker(engine, { numbers: { consecutive: 100_000_000 } });
      restore(STATE.closed, 60_000_000, 0);
      assert.equal(waitMs(), 0);
      assert.notEqual(typeof tries(), 'string');
    });
  });
}
