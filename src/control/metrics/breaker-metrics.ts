import {
  COUNT_BREAKER_FAILURE,
  COUNT_BREAKER_IGNORED,
  COUNT_BREAKER_REFUSED,
  COUNT_BREAKER_SUCCESS,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  COUNT_REOPENED,
} from '../../../assembly/layout.ts';
import { emitDistribution } from './emit-distribution.ts';
import type { Labels, PolicyMetric } from './metric.ts';
import type { PolicyReading } from './policy-reading.ts';

const of = 'policy';
const applies = ({ shape }: PolicyReading) => shape.circuitBreaker !== undefined;

const RESULTS: readonly (readonly [number, Labels])[] = [
  [COUNT_BREAKER_SUCCESS, { result: 'success' }],
  [COUNT_BREAKER_FAILURE, { result: 'failure' }],
  [COUNT_BREAKER_IGNORED, { result: 'ignored' }],
  [COUNT_BREAKER_REFUSED, { result: 'rejected' }],
];

/** Moves that breakers make by themselves, with their counters; hands make others. */
const OWN_MOVES: ReadonlyMap<string, number> = new Map([
  ['closed>open', COUNT_OPENED],
  ['half-open>open', COUNT_REOPENED],
  ['open>half-open', COUNT_HALF_OPENED],
  ['half-open>closed', COUNT_CLOSED],
]);

export const BREAKER_METRICS: readonly PolicyMetric[] = [
  {
    of,
    applies,
    name: 'circuit_breaker_state',
    help: 'State of the breaker: 0 closed, 1 half-open, 2 open, 3 isolated, 4 disabled, 5 metrics-only',
    type: 'gauge',
    labels: ['name'],
    read: ({ core, now }, emit) => emit(core.kernels.breakerState(core.at, now)),
  },
  {
    of,
    applies,
    name: 'circuit_breaker_requests_total',
    help: 'Attempts by what the breaker made of them; rejected ones did not run',
    type: 'counter',
    labels: ['name', 'result'],
    read: (reading, emit) => {
      for (const [word, labels] of RESULTS) emit(reading.count(word), labels);
    },
  },
  {
    of,
    applies,
    name: 'circuit_breaker_failures_total',
    help: 'Attempts that the breaker counted as failures',
    type: 'counter',
    labels: ['name'],
    read: (reading, emit) => emit(reading.count(COUNT_BREAKER_FAILURE)),
  },
  {
    of,
    applies,
    name: 'circuit_breaker_state_changes_total',
    help: 'Moves of the breaker from one state to another',
    type: 'counter',
    labels: ['name', 'from_state', 'to_state'],
    read: (reading, emit) => {
      for (const move of new Set([...OWN_MOVES.keys(), ...reading.moves.keys()])) {
        const [from_state, to_state] = move.split('>');
        const word = OWN_MOVES.get(move);
        // What was heard includes moves by hand; what was counted includes those that an overrun swallowed.
        const counted = word === undefined ? 0 : reading.count(word);
        emit(Math.max(counted, reading.moves.get(move) ?? 0), { from_state, to_state });
      }
    },
  },
  {
    of,
    applies,
    name: 'circuit_breaker_request_duration_seconds',
    help: 'How long attempts took that the breaker counted',
    type: 'histogram',
    labels: ['name'],
    read: (reading, emit) => emitDistribution(reading.requests(), emit),
  },
];
