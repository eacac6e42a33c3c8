import { COUNT_EXHAUSTED, COUNT_LATENCY_VIOLATED } from '../../../assembly/layout.ts';
import { burnRate, readErrorBudget } from '../../policy/budgets.ts';
import { whileSteady } from '../../policy/steady-view.ts';
import type { Labels, PolicyMetric } from './metric.ts';
import type { PolicyReading } from './policy-reading.ts';

const of = 'policy';
const errors = ({ shape }: PolicyReading) => shape.errorBudget !== undefined;
const latencies = ({ shape }: PolicyReading) => shape.latencyBudget !== undefined;
const MINUTE = 60_000;

/** The windows of the multi-window alerts. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '6h'] as const;
const WINDOWS: readonly (readonly [number, Labels])[] = [
  [5 * MINUTE, { window: '5m' }],
  [30 * MINUTE, { window: '30m' }],
  [60 * MINUTE, { window: '1h' }],
  [360 * MINUTE, { window: '6h' }],
];

function percentile(name: string, share: number): PolicyMetric {
  return {
    of,
    applies: latencies,
    name: `latency_budget_${name}_seconds`,
    help: `Latency that ${share * 100} % of the calls in the window did not exceed; absent while there are none`,
    type: 'gauge',
    labels: ['budget'],
    read: ({ core, now }, emit) => {
      const ms = whileSteady(core.slot, 0, () => core.kernels.viewPercentile(core.at, 0, now, share));
      if (ms !== undefined && !Number.isNaN(ms)) emit(ms / 1000);
    },
  };
}

export const BUDGET_METRICS: readonly PolicyMetric[] = [
  {
    of,
    applies: errors,
    name: 'error_budget_remaining',
    help: 'Share of the error budget that is left in its window, 0 to 1',
    type: 'gauge',
    labels: ['budget'],
    read: ({ core, now }, emit) => emit(readErrorBudget(core, now).remaining),
  },
  {
    of,
    applies: errors,
    name: 'error_budget_consumed',
    help: 'Share of the error budget that is spent; above 1 when it is overspent',
    type: 'gauge',
    labels: ['budget'],
    read: ({ core, now }, emit) => emit(readErrorBudget(core, now).consumed),
  },
  {
    of,
    applies: errors,
    name: 'error_budget_exhausted_total',
    help: 'How often the error budget ran out',
    type: 'counter',
    labels: ['budget'],
    read: (reading, emit) => emit(reading.count(COUNT_EXHAUSTED)),
  },
  {
    of,
    applies: errors,
    name: 'error_budget_burn_rate',
    help: 'How fast the error budget is spent: 1 spends it exactly in its window',
    type: 'gauge',
    labels: ['budget', 'window'],
    read: ({ core, now }, emit) => {
      for (const [ms, labels] of WINDOWS) emit(burnRate(core, now, ms), labels);
    },
  },
  percentile('p50', 0.5),
  percentile('p95', 0.95),
  percentile('p99', 0.99),
  {
    of,
    applies: latencies,
    name: 'latency_budget_violations_total',
    help: 'How often the latency budget was exceeded after it had been kept',
    type: 'counter',
    labels: ['budget'],
    read: (reading, emit) => emit(reading.count(COUNT_LATENCY_VIOLATED)),
  },
];
