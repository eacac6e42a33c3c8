// A Grafana dashboard of every metric there is, from the list that the runtime itself writes by.

import { METRICS } from '../../src/control/metrics/list.ts';
import type { AnyMetric } from '../../src/control/metrics/metric.ts';

const PREFIX = 'holdfast_';
const WIDTH = 8;
const HEIGHT = 7;

const ROWS: readonly (readonly [title: string, begins: RegExp])[] = [
  ['Calls', /^(calls|call|timeouts|abandoned|hedges|retry)_/],
  ['Circuit breakers', /^circuit_breaker_/],
  ['Limits', /^(rate_limiter|bulkhead|throttle|shed)_/],
  ['Budgets', /^(error|latency)_budget_/],
  ['Workers', /^pool_/],
  ['Health and degradation', /^(health_check|degradation|lifecycle|event_loop|chaos)_/],
];

interface Query {
  expr: string;
  legendFormat: string;
}

/** How a metric is best looked at: rates of counters, quantiles of histograms, means of summaries. */
function queriesOf({ name, type, labels }: AnyMetric): Query[] {
  const full = PREFIX + name;
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  const by = labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
  const select = labels.some((label) => SELECTED.includes(label)) ? `{${labels[0]}=~"$policy"}` : '';
  if (type === 'counter')
    return [{ expr: `sum${by} (rate(${full}${select}[$__rate_interval]))`, legendFormat: legend }];
  if (type === 'histogram') {
    return [0.5, 0.95, 0.99].map((share) => ({
      expr: `histogram_quantile(${share}, sum by (le, ${labels.join(', ')}) (rate(${full}_bucket${select}[$__rate_interval])))`,
      legendFormat: `p${share * 100} ${legend}`,
    }));
  }
  if (type === 'summary') {
    const sum = `sum${by} (rate(${full}_sum${select}[$__rate_interval]))`;
    return [
      {
        expr: `${sum} / sum${by} (rate(${full}_count${select}[$__rate_interval]))`,
        legendFormat: `mean ${legend}`,
      },
    ];
  }
  return [{ expr: `max${by} (${full}${select})`, legendFormat: legend }];
}

/** Labels that hold the name of a policy. */
const SELECTED = ['policy', 'name', 'limiter', 'bulkhead', 'budget'];

function unitOf({ name, type }: AnyMetric): string {
  if (name.endsWith('_seconds')) return 's';
  if (name === 'error_budget_remaining' || name === 'error_budget_consumed') return 'percentunit';
  return type === 'counter' ? 'ops' : 'short';
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

/** The dashboard, as Grafana imports it. */
export function grafanaDashboard() {
  const panels: unknown[] = [];
  let y = 0;
  let id = 1;
  for (const [title, begins] of ROWS) {
    panels.push({
      id: id++,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: 24, h: 1 },
      panels: [],
    });
    const own = METRICS.filter(({ name }) => begins.test(name));
    for (const [index, metric] of own.entries()) {
      panels.push({
        id: id++,
        type: 'timeseries',
        title: metric.name,
        description: metric.help,
        datasource: DATASOURCE,
        gridPos: { x: (index % 3) * WIDTH, y: y + Math.floor(index / 3) * HEIGHT, w: WIDTH, h: HEIGHT },
        fieldConfig: {
          defaults: { unit: unitOf(metric), min: metric.name.startsWith('health_check_status') ? -1 : 0 },
          overrides: [],
        },
        targets: queriesOf(metric).map((query, number) => ({
          refId: String.fromCharCode(65 + number),
          datasource: DATASOURCE,
          ...query,
        })),
      });
    }
    y += Math.ceil(own.length / 3) * HEIGHT;
  }
  const query = `label_values(${PREFIX}calls_total, policy)`;
  return {
    uid: 'holdfast',
    title: 'Holdfast',
    tags: ['holdfast', 'resilience'],
    schemaVersion: 39,
    editable: true,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          name: 'policy',
          type: 'query',
          datasource: DATASOURCE,
          query,
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: '.*',
        },
      ],
    },
    panels,
  };
}
