// Options that are allowed, of everything but policies: what the ones that may not be begin as.

import fc from 'fast-check';
import { seededRandom } from '../../src/testing/index.ts';

const optional = { requiredKeys: [] as [] };
const ms = fc.nat({ max: 100_000 });
const count = fc.integer({ min: 1, max: 5 });

export const anyLimiter = fc.record(
  {
    permitsPerSecond: fc.integer({ min: 1, max: 1_000 }),
    burst: count,
    maxWaitMs: ms,
    perKey: fc.record({ maxKeys: count, onFull: fc.constantFrom('shared', 'refuse') }),
  },
  { requiredKeys: ['permitsPerSecond'] },
);

export const anySettings = fc.record(
  {
    name: fc.string(),
    engine: fc.constantFrom('wasm', 'js', 'auto'),
    random: fc.constant(seededRandom(1)),
  },
  optional,
);

export const anyRuntime = fc.record(
  {
    name: fc.string({ minLength: 1 }),
    engine: fc.constantFrom('wasm', 'js'),
    memory: fc.record({ policies: count, threads: count, keys: fc.nat({ max: 9 }) }),
    policies: fc.dictionary(
      fc.string({ maxLength: 5 }),
      fc.constantFrom({}, { retry: {} }, { rateLimiter: { permitsPerSecond: 5, perKey: { maxKeys: 4 } } }),
    ),
    health: fc.record(
      { intervalMs: ms, timeoutMs: ms, failureThreshold: count, builtIn: fc.boolean() },
      optional,
    ),
    metrics: fc.record({ prefix: fc.constantFrom('', 'a_', '9') }, optional),
  },
  optional,
);

export const anyWorkers = fc.record(
  {
    tasks: fc.constant(undefined),
    minThreads: count,
    maxThreads: count,
    idleTimeoutMs: ms,
    maxQueue: fc.nat(9),
    compartments: fc.dictionary(fc.string({ maxLength: 5 }), fc.record({ weight: count, threads: count })),
    graceMs: ms,
    maxCrashes: count,
    resourceLimits: fc.record({ maxOldGenerationSizeMb: fc.integer({ min: 32, max: 64 }) }),
    errors: fc.constant([RangeError]),
  },
  optional,
);

export const anyComponent = fc.record(
  {
    name: fc.string(),
    phase: fc.integer({ min: -5, max: 5 }),
    dependsOn: fc.array(fc.string(), { maxLength: 2 }),
    start: fc.constant(() => {}),
    check: fc.constant(() => true),
    timeoutMs: ms,
  },
  { requiredKeys: ['name'] },
);

export const anyAdmin = fc.record(
  {
    port: fc.constant(0),
    host: fc.constantFrom('127.0.0.1', 'localhost'),
    token: fc.string(),
    allowChaos: fc.boolean(),
    allowedHosts: fc.array(fc.string(), { maxLength: 2 }),
  },
  { requiredKeys: ['port'] },
);

export const anyChaos = fc.record(
  {
    policies: fc.array(fc.constantFrom('send', 'none')),
    kinds: fc.array(fc.constantFrom('latency', 'error', 'nothing')),
    forMs: ms,
  },
  optional,
);

export const anyDrive = fc.record(
  {
    budget: fc.oneof(fc.constantFrom('send', 'none'), fc.array(fc.constantFrom('send'))),
    check: fc.string(),
    level: fc.constantFrom('degraded', 'emergency'),
  },
  optional,
);
