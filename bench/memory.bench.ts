// What does a protected call hold while it is under way, what does a policy hold, and what is left behind?
//
// Baseline: a bare await of the same operation, under way. Bytes are of the heap after a collection, with many calls
// under way at once; each must come back when the operation is let go.

import { SLOT_BYTES } from '../assembly/layout.ts';
import { createHoldfast, exponential, type Policy, type PolicyOptions, policy } from '../src/index.ts';
import { heldBytes } from '../test/support/garbage.ts';
import { cockatiel } from './policies/peers.ts';
import { report, roundsOr, rowsOf, short } from './support/measure.ts';

const CALLS = 10_000;
const ROUNDS = roundsOr(short ? 1 : 7);
const POLICIES = 500;
const MANY = short ? 200_000 : 10_000_000;

const FIVE = {
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 },
  bulkhead: { maxConcurrent: 1e6 },
  timeout: { attemptMs: 600_000 },
  retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) },
} satisfies PolicyOptions;
const BUDGETS = {
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
} satisfies PolicyOptions;

const breaker = policy({ circuitBreaker: FIVE.circuitBreaker });
const five = policy(FIVE);
const withBudgets = policy({ ...FIVE, ...BUDGETS });

type Operation = () => Promise<number>;
type Call = (operation: Operation) => Promise<number>;

const through =
  (guarded: Policy): Call =>
  (operation) =>
    guarded.execute(operation);
const subjects: readonly (readonly [string, Call])[] = [
  ['bare await', (operation) => operation()],
  ['breaker', through(breaker)],
  ['five protections', through(five)],
  ['five protections with error and latency budget', through(withBudgets)],
  ['cockatiel: breaker', (operation) => cockatiel.patient.execute(operation)],
  ['cockatiel: retry', (operation) => cockatiel.retry.execute(operation)],
];

const taken = new Map<string, number[]>(subjects.map(([name]) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (const [name, call] of subjects) {
    const bytes = await bytesInFlight(name, call);
    if (round >= 0) taken.get(name)?.push(bytes);
  }
}
const rows = rowsOf('bare await', taken, { unit: 'B' });
const over = (name: string) => (rows.find((row) => row.name === name)?.ns ?? Number.NaN) - rows[0].ns;

report(
  'memory (bytes of a call under way; ratio to a bare await)',
  rows,
  {
    'bytes of a call under way over a bare await: five protections': over('five protections'),
    'bytes of a call under way over a bare await: with budgets': over(
      'five protections with error and latency budget',
    ),
    'bytes of shared memory a policy': SLOT_BYTES,
    'bytes of heap a policy: breaker': await bytesOfPolicy({ circuitBreaker: FIVE.circuitBreaker }),
    'bytes of heap a policy: five protections with budgets': await bytesOfPolicy({ ...FIVE, ...BUDGETS }),
    [`kilobytes of heap more after ${MANY / 1e6} million calls of five protections with budgets`]:
      (await leftBehind()) / 1_024,
  },
  [
    `${CALLS} calls at once, each awaited by an async function, the operation an async function that waits for one promise.`,
    `Policies: ${POLICIES} of a runtime, their names included; a ledger of 16 bytes for each thread that there is room for comes to it.`,
    'Before the calls whose rest is counted, a tenth of them were made.',
  ],
);

/** Calls under way at once, until all have come back. */
async function bytesInFlight(name: string, call: Call): Promise<number> {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const operation = async () => {
    await gate;
    return 1;
  };
  const caller = async () => await call(operation);
  const calls = new Array<Promise<number> | undefined>(CALLS).fill(undefined);
  const before = heldBytes();
  for (let i = 0; i < CALLS; i++) calls[i] = caller();
  // What is on its way to the operation is let arrive.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const bytes = (heldBytes() - before) / CALLS;
  letGo();
  const back = (await Promise.all(calls)).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  if (back !== CALLS) throw new Error(`${name}: ${back} of ${CALLS} calls came back`);
  return bytes;
}

async function bytesOfPolicy(options: PolicyOptions): Promise<number> {
  const holdfast = createHoldfast({ memory: { policies: POLICIES + 1, threads: 2, keys: 0 } });
  holdfast.define('first', options);
  const before = heldBytes();
  for (let i = 0; i < POLICIES; i++) holdfast.define(`policy-${i}`, options);
  const bytes = (heldBytes() - before) / POLICIES;
  if ((await holdfast.policy(`policy-${POLICIES - 1}`).execute(() => 1)) !== 1)
    throw new Error('not defined');
  await holdfast.stop();
  return bytes;
}

async function leftBehind(): Promise<number> {
  let done = 0;
  const operation = async () => ++done;
  for (let i = 0; i < MANY / 10; i++) await withBudgets.execute(operation);
  const before = heldBytes();
  done = 0;
  for (let i = 0; i < MANY; i++) await withBudgets.execute(operation);
  if (done !== MANY) throw new Error(`${done} of ${MANY} calls were made`);
  return heldBytes() - before;
}
