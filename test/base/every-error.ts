import {
  BulkheadFullError,
  BulkheadTimeoutError,
  ChaosError,
  CircuitOpenError,
  DrainingError,
  type HoldfastError,
  LifecycleError,
  OptionsError,
  PoisonedTaskError,
  QueueFullError,
  RateLimitedError,
  type RejectedError,
  ShedError,
  TaskModuleError,
  ThrottledError,
  TimeoutError,
  UnknownPolicyError,
  UnknownTaskError,
  WorkerLostError,
} from '../../src/base/errors.ts';

/** The policy that speaks in those whose message begins with it. */
export const policy = 'send';

/** Each refusal with what it says: its code, who refuses, its message. */
export const refusals: [RejectedError, code: string, strategy: string, message: string][] = [
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

/** Each other error with its code and its message. */
export const faults: [HoldfastError, code: string, message: string][] = [
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
