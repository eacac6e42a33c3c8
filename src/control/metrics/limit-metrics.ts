// Limiter, bulkhead, throttle, shedding.

import {
  COUNT_BULKHEAD_REFUSED,
  COUNT_KEYS_EXHAUSTED,
  COUNT_RATE_ALLOWED,
  COUNT_RATE_REFUSED,
  COUNT_SHED,
  COUNT_THROTTLE_REFUSED,
  COUNT_WAIT_US,
  COUNT_WAITED,
  LINE_COUNT,
} from '../../../assembly/layout.ts';
import type { PolicyMetric } from './metric.ts';
import type { PolicyReading } from './policy-reading.ts';

const of = 'policy';
const limits = ({ shape }: PolicyReading) => shape.rateLimiter !== undefined;
const holds = ({ shape }: PolicyReading) => shape.bulkhead !== undefined;

export const LIMIT_METRICS: readonly PolicyMetric[] = [
  {
    of,
    applies: limits,
    name: 'rate_limiter_allowed_total',
    help: 'Admissions that the limiter let through',
    type: 'counter',
    labels: ['limiter'],
    read: (reading, emit) => emit(reading.count(COUNT_RATE_ALLOWED)),
  },
  {
    of,
    applies: limits,
    name: 'rate_limiter_rejected_total',
    help: 'Refusals by the limiter, those for want of a bucket included',
    type: 'counter',
    labels: ['limiter'],
    read: (reading, emit) => emit(reading.count(COUNT_RATE_REFUSED) + reading.count(COUNT_KEYS_EXHAUSTED)),
  },
  {
    of,
    applies: limits,
    name: 'rate_limiter_current_rate',
    help: 'The rate in force, in permits per second: the adapted one where it adapts',
    type: 'gauge',
    labels: ['limiter'],
    read: ({ core }, emit) => emit(core.slot.numbers.ratePerSecond),
  },
  {
    of,
    applies: holds,
    name: 'bulkhead_concurrent',
    help: 'Slots that are held, in all threads',
    type: 'gauge',
    labels: ['bulkhead'],
    read: ({ core }, emit) => emit(core.kernels.bulkheadActive(core.at)),
  },
  {
    of,
    applies: holds,
    name: 'bulkhead_queued',
    help: 'Callers in line, in all threads',
    type: 'gauge',
    labels: ['bulkhead'],
    read: ({ core }, emit) => emit(core.slot.readI(LINE_COUNT)),
  },
  {
    of,
    applies: holds,
    name: 'bulkhead_rejected_total',
    help: 'Refusals by the bulkhead, those after a wait in line included',
    type: 'counter',
    labels: ['bulkhead'],
    read: (reading, emit) => emit(reading.count(COUNT_BULKHEAD_REFUSED)),
  },
  {
    of,
    applies: ({ core }) => core.waits,
    name: 'bulkhead_wait_duration_seconds',
    help: 'How long callers stood in line that got their turn',
    type: 'summary',
    labels: ['bulkhead'],
    read: (reading, emit) => {
      emit(reading.count(COUNT_WAIT_US) / 1e6, undefined, '_sum');
      emit(reading.count(COUNT_WAITED), undefined, '_count');
    },
  },
  {
    of,
    applies: ({ shape }) => shape.throttle !== undefined,
    name: 'throttle_rejected_total',
    help: 'Refusals by the throttle',
    type: 'counter',
    labels: ['policy'],
    read: (reading, emit) => emit(reading.count(COUNT_THROTTLE_REFUSED)),
  },
  {
    of,
    applies: ({ shape }) => shape.shed === true,
    name: 'shed_total',
    help: 'Calls refused because of their priority while the service was degraded',
    type: 'counter',
    labels: ['policy'],
    read: (reading, emit) => emit(reading.count(COUNT_SHED)),
  },
];
