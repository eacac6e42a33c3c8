// Prometheus alert rules. Burn rates are looked at through two windows each: the long one says that it matters,
// the short one that it still goes on. Source: Google, The Site Reliability Workbook, chapter 5.

const P = 'holdfast_';

interface Rule {
  alert: string;
  expr: string;
  for: string;
  severity: 'page' | 'ticket';
  summary: string;
}

function burn(long: string, short: string, rate: number): string {
  const over = (window: string) => `${P}error_budget_burn_rate{window="${window}"} > ${rate}`;
  return `${over(long)} and on (instance, budget) ${over(short)}`;
}

export const RULES: readonly Rule[] = [
  {
    alert: 'ErrorBudgetBurnsFast',
    expr: burn('1h', '5m', 14.4),
    for: '2m',
    severity: 'page',
    summary: 'The error budget of {{ $labels.budget }} is spent 14.4 times as fast as it may be.',
  },
  {
    alert: 'ErrorBudgetBurns',
    expr: burn('6h', '30m', 6),
    for: '15m',
    severity: 'ticket',
    summary: 'The error budget of {{ $labels.budget }} is spent 6 times as fast as it may be.',
  },
  {
    alert: 'ErrorBudgetExhausted',
    expr: `${P}error_budget_remaining <= 0`,
    for: '5m',
    severity: 'ticket',
    summary: 'The error budget of {{ $labels.budget }} is spent.',
  },
  {
    alert: 'CircuitBreakerOpen',
    expr: `${P}circuit_breaker_state == 2 or ${P}circuit_breaker_state == 3`,
    for: '5m',
    severity: 'page',
    summary: 'The circuit breaker of {{ $labels.name }} has been open for five minutes.',
  },
  {
    alert: 'BulkheadRefuses',
    expr: `rate(${P}bulkhead_rejected_total[5m]) > 0`,
    for: '10m',
    severity: 'ticket',
    summary: 'The bulkhead of {{ $labels.bulkhead }} has been full for ten minutes.',
  },
  {
    alert: 'OperationsAbandoned',
    expr: `${P}abandoned_operations > 10`,
    for: '10m',
    severity: 'ticket',
    summary: 'Operations of {{ $labels.policy }} run on behind their timeouts and hold what they have.',
  },
  {
    alert: 'HealthCheckDown',
    expr: `${P}health_check_status == 0`,
    for: '2m',
    severity: 'page',
    summary: 'The check {{ $labels.check }} is down.',
  },
  {
    alert: 'Degraded',
    expr: `${P}degradation_level > 0`,
    for: '15m',
    severity: 'ticket',
    summary: '{{ $labels.component }} has been reduced for a quarter of an hour.',
  },
  {
    alert: 'EventLoopLate',
    expr: `${P}event_loop_delay_seconds{quantile="0.99"} > 0.25`,
    for: '5m',
    severity: 'ticket',
    summary: 'Timers come more than 250 ms late: something keeps the main thread busy.',
  },
  {
    alert: 'WorkersLost',
    expr: `increase(${P}pool_workers_lost_total[15m]) > 3`,
    for: '0m',
    severity: 'page',
    summary: 'More than three worker threads were lost in a quarter of an hour.',
  },
  {
    alert: 'ChaosIsOn',
    expr: `rate(${P}chaos_injections_total[5m]) > 0`,
    for: '30m',
    severity: 'ticket',
    summary: 'Faults have been injected into {{ $labels.policy }} for half an hour.',
  },
];

/** The rules as a file for Prometheus: JSON is YAML. */
export function prometheusRules() {
  const rules = RULES.map(({ alert, expr, for: pending, severity, summary }) => ({
    alert: `Holdfast${alert}`,
    expr,
    for: pending,
    labels: { severity },
    annotations: { summary },
  }));
  return { groups: [{ name: 'holdfast', rules }] };
}
