// What does a protected call cost beside a bare await, and beside what others charge for the same?
//
// Four tables: calls that succeed, permits without an operation, operations that fail, calls that are refused.
// Baselines: a bare await of the same operation; a reading of the clock; a bare await of the operation that
// fails, caught.

import type { Policy } from '../src/index.ts';
import { answered, failed, fails, refused, succeeded, succeeds } from './policies/operations.ts';
import * as ours from './policies/ours.ts';
import {
  ALIKE,
  cockatiel,
  endPeers,
  flexible,
  flexibleEmpty,
  limiter,
  limiterEmpty,
  opossum,
  pLimit,
} from './policies/peers.ts';
import { type Subject, short } from './support/measure.ts';
import { reportOfProcesses, type Table } from './support/processes.ts';

type Call = () => Promise<unknown>;
/** Hundreds of times as slow, so done less often. */
const SLOW = 0.04;
const SLOWER = 0.2;

const well = (name: string, call: Call, share?: number): Subject => ({
  name,
  share,
  run: (times) => succeeded(times, call),
});
const badly = (name: string, call: Call, share?: number): Subject => ({
  name,
  share,
  run: (times) => failed(times, call),
});
const turnedAway = (name: string, call: Call, share?: number): Subject => ({
  name,
  share,
  run: (times) => refused(times, call),
});
const asked = (name: string, wanted: boolean, ask: () => boolean): Subject => ({
  name,
  run: (times) => answered(times, wanted, ask),
});
const through = (guarded: Policy) => () => guarded.execute(succeeds);

const calls: Table = {
  title: 'policies (a call that succeeds; ratio to a bare await)',
  baseline: 'bare await',
  subjects: [
    well('bare await', () => succeeds()),
    well('breaker', through(ours.breaker)),
    well('rate limiter', through(ours.limiter)),
    well('bulkhead', through(ours.bulkhead)),
    well('timeout', through(ours.timeout)),
    well('retry', through(ours.retry)),
    well('five protections', through(ours.five)),
    well('five protections with error and latency budget', through(ours.fiveWithBudgets)),
    well('cockatiel: breaker', () => cockatiel.breaker.execute(succeeds)),
    well('cockatiel: bulkhead', () => cockatiel.bulkhead.execute(succeeds)),
    well('cockatiel: timeout', () => cockatiel.timeout.execute(succeeds), SLOW),
    well('cockatiel: retry', () => cockatiel.retry.execute(succeeds)),
    well('cockatiel: retry, breaker, bulkhead and timeout', () => cockatiel.four.execute(succeeds), SLOW),
    well('opossum: breaker', () => opossum.breaker.fire(), SLOWER),
    well('opossum: breaker, timeout and capacity', () => opossum.three.fire(), SLOWER),
    well('p-limit', () => pLimit(succeeds), SLOWER),
    well('rate-limiter-flexible, then the operation', async () => {
      await flexible.consume('all');
      return succeeds();
    }),
    well('limiter (npm), then the operation', async () => {
      await limiter.removeTokens(1);
      return succeeds();
    }),
  ],
  notes: ALIKE,
};

const permits: Table = {
  title: 'permits (without an operation, synchronous; ratio to a reading of the clock)',
  baseline: 'a reading of the clock',
  subjects: [
    asked('a reading of the clock', true, () => performance.now() > 0),
    well('bare await', () => succeeds()),
    asked('token bucket: tryAcquire', true, () => ours.bucket.tryAcquire()),
    asked('breaker: tryAcquire and settle', true, () => permitted(ours.breaker)),
    asked('five protections: tryAcquire and settle', true, () => permitted(ours.five)),
    asked('limiter (npm): tryRemoveTokens', true, () => limiter.tryRemoveTokens(1)),
    asked('token bucket, empty: tryAcquire', false, () => ours.emptyBucket.tryAcquire()),
    asked('open breaker: tryAcquire', false, () => ours.open.tryAcquire().ok),
    asked('limiter (npm), empty: tryRemoveTokens', false, () => limiterEmpty.tryRemoveTokens(1)),
  ],
  notes: [],
};

const failures: Table = {
  title: 'failures (the operation rejects and the caller is told; ratio to a bare await of it)',
  baseline: 'bare await of what rejects',
  subjects: [
    badly('bare await of what rejects', () => fails()),
    badly('breaker', () => ours.patient.execute(fails)),
    badly('breaker: executeOutcome', () => ours.patient.executeOutcome(fails)),
    badly('breaker, limiter, bulkhead and timeout', () => ours.four.execute(fails)),
    badly('the same with error and latency budget', () => ours.fourWithBudgets.execute(fails)),
    badly('cockatiel: breaker', () => cockatiel.patient.execute(fails), SLOWER),
    badly('cockatiel: breaker, bulkhead and timeout', () => cockatiel.three.execute(fails), SLOW),
    badly('opossum: breaker', () => opossum.patient.fire(), SLOWER),
  ],
  notes: [
    'As above, but breakers that a thousand million failures in a row would open (opossum: a million in a window); no retries. The error is made once.',
  ],
};

const refusals: Table = {
  title: 'refusals (the operation does not run; ratio to a bare await of what rejects)',
  baseline: 'bare await of what rejects',
  subjects: [
    badly('bare await of what rejects', () => fails()),
    asked('open breaker: tryAcquire', false, () => ours.open.tryAcquire().ok),
    turnedAway('open breaker: executeOutcome', () => ours.open.executeOutcome(succeeds)),
    turnedAway('open breaker: execute, thrown', () => ours.open.execute(succeeds), SLOWER),
    turnedAway('cockatiel: isolated breaker, thrown', () => cockatiel.isolated.execute(succeeds), SLOWER),
    turnedAway('opossum: open breaker, thrown', () => opossum.open.fire(), SLOWER),
    ...(short ? [] : limitsAndBulkheads()),
  ],
  notes: [
    'Breakers held open for a day; limiters whose only permit of the day is spent; bulkheads of one, which is held, and no line.',
  ],
};

function limitsAndBulkheads(): Subject[] {
  return [
    turnedAway('empty limiter: executeOutcome', () => ours.empty.executeOutcome(succeeds)),
    turnedAway('empty limiter: execute, thrown', () => ours.empty.execute(succeeds), SLOWER),
    turnedAway('rate-limiter-flexible: consume, thrown', () => flexibleEmpty.consume('all'), SLOWER),
    turnedAway('full bulkhead: executeOutcome', () => ours.full.executeOutcome(succeeds)),
    turnedAway('full bulkhead: execute, thrown', () => ours.full.execute(succeeds), SLOWER),
    turnedAway('cockatiel: full bulkhead, thrown', () => cockatiel.full.execute(succeeds), SLOWER),
  ];
}

function permitted(guarded: Policy): boolean {
  const permit = guarded.tryAcquire();
  if (permit.ok) permit.settle('success');
  return permit.ok;
}

await reportOfProcesses(short ? [calls, refusals] : [calls, permits, failures, refusals], endPeers);
