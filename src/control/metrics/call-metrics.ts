// Whole calls, their retries, timeouts, hedges and what chaos did to them.

import {
  BULKHEAD_ABANDONED,
  COUNT_CHAOS_BLOCK,
  COUNT_CHAOS_ERROR,
  COUNT_CHAOS_KILL,
  COUNT_CHAOS_LATENCY,
  COUNT_CHAOS_RESULT,
  COUNT_CHAOS_TIMEOUT,
  COUNT_FAILURE,
  COUNT_HEDGE,
  COUNT_IGNORED,
  COUNT_REJECTED,
  COUNT_RETRY_1,
  COUNT_RETRY_ABORTED,
  COUNT_RETRY_BUDGET,
  COUNT_RETRY_EXHAUSTED,
  COUNT_RETRY_PAUSE_US,
  COUNT_RETRY_REFUSED,
  COUNT_RETRY_SUCCESS,
  COUNT_SUCCESS,
  COUNT_TIMEOUT_ATTEMPT,
  COUNT_TIMEOUT_TOTAL,
} from '../../../assembly/layout.ts';
import type { ChaosShape } from '../../policy/plan.ts';
import { emitDistribution } from './emit-distribution.ts';
import type { Labels, PolicyMetric } from './metric.ts';
import type { PolicyReading } from './policy-reading.ts';

type Counted = readonly (readonly [number, Labels])[];

const of = 'policy';
const always = () => true;
const retries = ({ shape }: PolicyReading) => shape.retry !== undefined;

const OUTCOMES: Counted = [
  [COUNT_SUCCESS, { outcome: 'success' }],
  [COUNT_FAILURE, { outcome: 'failure' }],
  [COUNT_IGNORED, { outcome: 'ignored' }],
  [COUNT_REJECTED, { outcome: 'rejected' }],
];
const ATTEMPTS: Counted = ['1', '2', '3', '4', '5+'].map((attempt, index) => [
  COUNT_RETRY_1 + index * 8,
  { attempt },
]);
const REASONS: Counted = [
  [COUNT_RETRY_EXHAUSTED, { reason: 'exhausted' }],
  [COUNT_RETRY_REFUSED, { reason: 'rejected' }],
  [COUNT_RETRY_BUDGET, { reason: 'budget' }],
  [COUNT_RETRY_ABORTED, { reason: 'aborted' }],
];
const SCOPES: Counted = [
  [COUNT_TIMEOUT_ATTEMPT, { scope: 'attempt' }],
  [COUNT_TIMEOUT_TOTAL, { scope: 'total' }],
];
const KINDS: readonly (readonly [keyof ChaosShape, number, Labels])[] = [
  ['latency', COUNT_CHAOS_LATENCY, { kind: 'latency' }],
  ['error', COUNT_CHAOS_ERROR, { kind: 'error' }],
  ['timeout', COUNT_CHAOS_TIMEOUT, { kind: 'timeout' }],
  ['result', COUNT_CHAOS_RESULT, { kind: 'result' }],
  ['killWorker', COUNT_CHAOS_KILL, { kind: 'killWorker' }],
  ['block', COUNT_CHAOS_BLOCK, { kind: 'block' }],
];

function counter(
  name: string,
  help: string,
  applies: PolicyMetric['applies'],
  label: string | undefined,
  counted: Counted,
): PolicyMetric {
  return {
    of,
    applies,
    name,
    help,
    type: 'counter',
    labels: label === undefined ? ['policy'] : ['policy', label],
    read: (reading, emit) => {
      for (const [word, labels] of counted) emit(reading.count(word), labels);
    },
  };
}

export const CALL_METRICS: readonly PolicyMetric[] = [
  counter(
    'calls_total',
    'Whole calls by how they ended; rejected ones never ran',
    always,
    'outcome',
    OUTCOMES,
  ),
  {
    of,
    applies: always,
    name: 'call_duration_seconds',
    help: 'How long whole calls took, with all their attempts and pauses',
    type: 'histogram',
    labels: ['policy'],
    read: (reading, emit) => emitDistribution(reading.calls(), emit),
  },
  counter('retry_attempts_total', 'Retries by their number within the call', retries, 'attempt', ATTEMPTS),
  counter('retry_success_total', 'Calls that succeeded after a retry', retries, undefined, [
    [COUNT_RETRY_SUCCESS, {}],
  ]),
  counter('retry_failures_total', 'Calls that were not tried again, by why', retries, 'reason', REASONS),
  {
    of,
    applies: retries,
    name: 'retry_backoff_delay_seconds',
    help: 'Pauses before retries',
    type: 'summary',
    labels: ['policy'],
    read: (reading, emit) => {
      emit(reading.count(COUNT_RETRY_PAUSE_US) / 1e6, undefined, '_sum');
      emit(
        ATTEMPTS.reduce((sum, [word]) => sum + reading.count(word), 0),
        undefined,
        '_count',
      );
    },
  },
  // A call may have a timeout of its own in any policy.
  counter('timeouts_total', 'Attempts and calls that took too long', always, 'scope', SCOPES),
  {
    of,
    applies: always,
    name: 'abandoned_operations',
    help: 'Operations that run on behind a timeout or an abort',
    type: 'gauge',
    labels: ['policy'],
    read: (reading, emit) => emit(reading.count(BULKHEAD_ABANDONED)),
  },
  counter('hedges_total', 'Hedges that were sent', ({ shape }) => shape.hedge !== undefined, undefined, [
    [COUNT_HEDGE, {}],
  ]),
  {
    of,
    applies: ({ shape }) => shape.chaos !== undefined,
    name: 'chaos_injections_total',
    help: 'Faults that were injected',
    type: 'counter',
    labels: ['policy', 'kind'],
    read: (reading, emit) => {
      for (const [kind, word, labels] of KINDS)
        if (reading.shape.chaos?.[kind]) emit(reading.count(word), labels);
    },
  },
];
