import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isNativeError } from 'node:util/types';
import * as errors from '../../src/base/errors.ts';
import {
  BulkheadTimeoutError,
  ChaosError,
  CircuitOpenError,
  DrainingError,
  HoldfastError,
  LifecycleError,
  OptionsError,
  PoisonedTaskError,
  QueueFullError,
  RejectedError,
  ShedError,
  TimeoutError,
} from '../../src/base/errors.ts';
import { faults, policy, refusals } from './every-error.ts';

describe('the errors', () => {
  it('are all listed here', () => {
    const listed = new Set([...refusals, ...faults].map(([error]) => error.constructor));
    const missing = Object.values(errors).filter((each) => !listed.has(each));
    assert.deepEqual(missing, [HoldfastError, RejectedError]);
  });

  it('are true errors with a code, a name and the policy that speaks', () => {
    for (const [error, code] of [...refusals, ...faults]) {
      assert.ok(error instanceof HoldfastError && error instanceof Error && isNativeError(error));
      assert.equal(error.code, code);
      assert.equal(error.name, error.constructor.name);
      assert.equal(error.policy, /^send\//.test(error.message) ? policy : error.policy);
      assert.deepEqual(Object.keys(error).includes('name'), false);
    }
  });

  it('say what is so, then what follows', () => {
    for (const [error, , strategy, message] of refusals) {
      assert.ok(error instanceof RejectedError);
      assert.deepEqual([error.strategy, error.message], [strategy, message]);
    }
    for (const [error, , message] of faults) assert.equal(error.message, message);
  });

  it('have no trace where it would lead nowhere, and one where somebody must mend something', () => {
    const answers = [...refusals.map(([error]) => error), faults[0][0], faults[3][0]];
    for (const error of answers) assert.equal(error.stack, `${error.name}: ${error.message}`);
    const mistakes = faults.slice(5).map(([error]) => error);
    for (const error of mistakes) assert.match(error.stack ?? '', /every-error\./);
  });

  it('leave the traces of other errors as they were', () => {
    const limit = Error.stackTraceLimit;
    new CircuitOpenError({ policy });
    assert.equal(Error.stackTraceLimit, limit);
    assert.match(new Error('mine').stack ?? '', /errors\.test/);
  });

  it('let a trace be written by hand', () => {
    const error = new DrainingError();
    error.stack = 'elsewhere';
    assert.equal(error.stack, 'elsewhere');
    assert.equal(new DrainingError().stack, `DrainingError: ${error.message}`);
  });

  it('carry their facts', () => {
    const circuit = new CircuitOpenError({ policy, retryAfterMs: 1_199.2, state: 'half-open' });
    assert.deepEqual([circuit.retryAfterMs, circuit.state], [1_199.2, 'half-open']);
    assert.equal(new CircuitOpenError().retryAfterMs, undefined);
    assert.equal(new BulkheadTimeoutError({ waitedMs: 49.5 }).waitedMs, 49.5);
    assert.equal(new ShedError({ level: 'degraded', priority: 0 }).level, 'degraded');
    const poisoned = new PoisonedTaskError({ task: 'digest', crashes: 3 });
    assert.deepEqual([poisoned.task, poisoned.crashes], ['digest', 3]);
    assert.equal(new QueueFullError({ maxQueue: 5 }).maxQueue, 5);
    const timeout = new TimeoutError({ scope: 'total', timeoutMs: 100 });
    assert.deepEqual([timeout.scope, timeout.timeoutMs], ['total', 100]);
    const options = new OptionsError({ path: 'a.b', expected: 'c', received: 'd', what: 'quite wrong' });
    assert.deepEqual([options.path, options.expected, options.received], ['a.b', 'c', 'd']);
    assert.equal(options.message, 'a.b: quite wrong');
  });

  it('carry their cause, out of sight', () => {
    const cause = new Error('disk');
    const error = new LifecycleError({ code: 'HF_START_FAILED', phase: 2, component: 'db', cause });
    assert.deepEqual([error.phase, error.component, error.cause], [2, 'db', cause]);
    assert.equal(Object.keys(error).includes('cause'), false);
    assert.equal('cause' in new ChaosError(), false);
  });

  it('say what did not start or stop, as far as it is known', () => {
    const start = new LifecycleError({ code: 'HF_START_FAILED' });
    assert.equal(start.message, 'lifecycle: a component did not start; what had started was stopped');
    assert.deepEqual(start.errors, []);
    const stop = (errors: unknown[]) =>
      new LifecycleError({ code: 'HF_STOP_FAILED', phase: 2, component: 'db', errors });
    assert.equal(stop([1]).message, 'lifecycle: component "db" of phase 2 did not stop; the others did');
    assert.equal(stop([1, 2]).message, 'lifecycle: 2 components did not stop; the others did');
    assert.deepEqual(stop([1, 2]).errors, [1, 2]);
  });

  it('say of each state of the circuit what holds it', () => {
    const say = (state: errors.OpenCircuitState) => new CircuitOpenError({ state, retryAfterMs: 5 }).message;
    assert.match(say('open'), /^circuitBreaker: circuit is open; a trial is allowed in 5 ms$/);
    assert.match(say('half-open'), /half-open; all its trials/);
    assert.match(say('isolated'), /isolated; it stays open until it is released$/);
    assert.match(say('closed'), /has just closed/);
  });

  it('promise no time that nobody knows', () => {
    const say = (retryAfterMs?: number) => new CircuitOpenError({ retryAfterMs }).message;
    assert.equal(say(), 'circuitBreaker: circuit is open');
    assert.equal(say(Number.POSITIVE_INFINITY), 'circuitBreaker: circuit is open');
    assert.equal(say(0), 'circuitBreaker: circuit is open; a trial is allowed now');
  });
});

describe('HoldfastError.is', () => {
  it('knows every one of them', () => {
    for (const [error] of [...refusals, ...faults]) assert.equal(HoldfastError.is(error), true);
  });

  it('knows one that another copy of the package made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-copy-'));
    const own = fileURLToPath(new URL('../../src/base/holdfast-error.ts', import.meta.url));
    const file = join(folder, basename(own));
    copyFileSync(own, file);
    const copy = (await import(pathToFileURL(file).href)) as { HoldfastError: typeof HoldfastError };
    rmSync(folder, { recursive: true });
    assert.notEqual(copy.HoldfastError, HoldfastError);
    const error = new copy.HoldfastError('theirs', { code: 'HF_CHAOS' });
    assert.equal(error instanceof HoldfastError, false);
    assert.equal(HoldfastError.is(error), true);
    assert.equal(copy.HoldfastError.is(new ChaosError()), true);
  });

  it('knows nothing else, and never throws', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const named = Object.assign(new Error('x'), { name: 'HoldfastError', code: 'HF_CHAOS' });
    for (const value of [undefined, null, 0, 'HF_CHAOS', {}, [], () => {}, new Error('x'), named, proxy]) {
      assert.equal(HoldfastError.is(value), false);
    }
  });
});
