// Every metric there is. What is written, the examples' dashboards and the alert rules all come from here.

import { BREAKER_METRICS } from './breaker-metrics.ts';
import { BUDGET_METRICS } from './budget-metrics.ts';
import { CALL_METRICS } from './call-metrics.ts';
import { LIMIT_METRICS } from './limit-metrics.ts';
import type { AnyMetric } from './metric.ts';
import { RUNTIME_METRICS } from './runtime-metrics.ts';

export const METRICS: readonly AnyMetric[] = [
  ...CALL_METRICS,
  ...BREAKER_METRICS,
  ...LIMIT_METRICS,
  ...BUDGET_METRICS,
  ...RUNTIME_METRICS,
];
