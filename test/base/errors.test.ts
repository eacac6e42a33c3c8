import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isNativeError } from 'node:util/types';
import * as errors from '../../src/base/errors.ts';
import {
  BulkheadFullError,
  BulkheadTimeoutError,
  ChaosError,
  CircuitOpenError,
  DrainingError,
  HoldfastError,
  LifecycleError,
  OptionsError,
  PoisonedTaskError,
  QueueFullError,
  RateLimitedError,
  RejectedError,
  ShedError,
  TaskModuleError,
  ThrottledError,
  TimeoutError,
  UnknownPolicyError,
  UnknownTaskError,
  WorkerLostError,
} from '../../src/base/errors.ts';

const policy = 'send';

// Each refusal with what it says: its code, who refuses, its message.
const refusals: [RejectedError, code: string, strategy: string, message: string][] = [
  [
    new CircuitOpenError({ policy, retryAfterMs: 1_199.2 }),
    'HF_CIRCUIT_OPEN',
    'circuitBreaker',
    'send/circuitBreaker: circuit is open; a trial is allowed in 1200 ms',
  ],
  [
    new RateLimitedError({ policy, retryAfterMs: 333 }),
    'HF_RATE_LIMITED',
    'rateLimiter',
    'send/rateLimiter: rate is spent; another try may pass in 333 ms',
  ],
  [
    new RateLimitedError({ policy, code: 'HF_KEYS_EXHAUSTED' }),
    'HF_KEYS_EXHAUSTED',
    'rateLimiter',
    'send/rateLimiter: every bucket belongs to another key',
  ],
  [
    new BulkheadFullError({ policy }),
    'HF_BULKHEAD_FULL',
    'bulkhead',
    'send/bulkhead: all slots and all places in line are taken',
  ],
  [
    new BulkheadTimeoutError({ policy, waitedMs: 50 }),
    'HF_BULKHEAD_TIMEOUT',
    'bulkhead',
    'send/bulkhead: waited 50 ms in line; no slot became free',
  ],
  [
    new ThrottledError({ policy }),
    'HF_THROTTLED',
    'throttle',
    'send/throttle: too few calls were accepted of late; this one was held back',
  ],
  [
    new ShedError({ policy, level: 'degraded', priority: 1 }),
    'HF_SHED',
    'shed',
    'send/shed: level is degraded; priority 1 is shed',
  ],
  [
    new ShedError({ level: 'emergency' }),
    'HF_EMERGENCY',
    'degradation',
    'degradation: level is emergency; nothing runs in it',
  ],
  [
    new DrainingError({ policy }),
    'HF_DRAINING',
    'draining',
    'send/draining: runtime is stopping; nothing new is taken',
  ],
  [
    new PoisonedTaskError({ task: 'digest', crashes: 3 }),
    'HF_POISONED',
    'workers',
    'workers: task "digest" has crashed its thread 3 times; it is given no other',
  ],
  [
    new QueueFullError({ policy, maxQueue: 10_000 }),
    'HF_QUEUE_FULL',
    'workers',
    'send/workers: 10000 tasks wait already; no more may',
  ],
];

const faults: [HoldfastError, code: string, message: string][] = [
  [
    new TimeoutError({ policy, scope: 'attempt', timeoutMs: 2_000 }),
    'HF_TIMEOUT',
    'send/timeout: attempt took longer than 2000 ms',
  ],
  [
    new TimeoutError({ scope: 'total', timeoutMs: 100 }),
    'HF_TIMEOUT',
    'timeout: whole call took longer than 100 ms',
  ],
  [
    new TimeoutError({ scope: 'start', timeoutMs: 30_000, name: 'database' }),
    'HF_TIMEOUT',
    'database: start took longer than 30000 ms',
  ],
  [
    new WorkerLostError({ policy, task: 'digest', reason: 'it ran out of memory' }),
    'HF_WORKER_LOST',
    'send/workers: worker running "digest" was lost; it ran out of memory',
  ],
  [
    new WorkerLostError({ reason: 'it was ended' }),
    'HF_WORKER_LOST',
    'workers: worker was lost; it was ended',
  ],
  [
    new UnknownTaskError({ task: 'digset', known: ['parse', 'digest'] }),
    'HF_UNKNOWN_TASK',
    'workers: no task is called "digset"; did you mean "digest"?',
  ],
  [
    new TaskModuleError({ url: 'file:///tasks.js', reason: 'it exports no function' }),
    'HF_TASK_MODULE',
    'workers: file:///tasks.js cannot be used; it exports no function',
  ],
  [
    new UnknownPolicyError({ policy: 'snd', known: ['send'] }),
    'HF_UNKNOWN_POLICY',
    'no policy is called "snd"; did you mean "send"?',
  ],
  [new UnknownPolicyError({ policy: 'x' }), 'HF_UNKNOWN_POLICY', 'no policy is called "x"'],
  [new ChaosError({ policy }), 'HF_CHAOS', 'send/chaos: failure was injected'],
  [
    new LifecycleError({ code: 'HF_NOT_STARTED' }),
    'HF_NOT_STARTED',
    'lifecycle: runtime is not started; call start() first',
  ],
  [
    new LifecycleError({ code: 'HF_ALREADY_STARTED' }),
    'HF_ALREADY_STARTED',
    'lifecycle: runtime is started already; it cannot be started again before a stop',
  ],
  [
    new LifecycleError({ code: 'HF_START_FAILED', phase: 1, component: 'cache' }),
    'HF_START_FAILED',
    'lifecycle: component "cache" of phase 1 did not start; what had started was stopped',
  ],
  [
    new LifecycleError({ code: 'HF_STOP_FAILED', component: 'cache' }),
    'HF_STOP_FAILED',
    'lifecycle: component "cache" did not stop; the others did',
  ],
  [
    new LifecycleError({ code: 'HF_STOP_FAILED', errors: [new Error('a'), new Error('b')] }),
    'HF_STOP_FAILED',
    'lifecycle: 2 components did not stop; the others did',
  ],
  [
    new OptionsError({ path: 'policies.send.burst', expected: 'a number', received: 'NaN' }),
    'HF_BAD_OPTION',
    'policies.send.burst: expected a number, got NaN',
  ],
];

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
    for (const error of mistakes) assert.match(error.stack ?? '', /errors\.test/);
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
    const file = join(folder, 'holdfast-error.ts');
    copyFileSync(new URL('../../src/base/holdfast-error.ts', import.meta.url), file);
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
