import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { RULES } from '../../../examples/observability/alerts.ts';
import { observabilityFiles } from '../../../examples/observability/generate.ts';
import { METRICS } from '../../../src/control/metrics/list.ts';

const folder = new URL('../../../examples/observability/', import.meta.url);
const written = METRICS.flatMap(({ name, type }) => {
  const suffixes =
    type === 'histogram' ? ['_bucket', '_sum', '_count'] : type === 'summary' ? ['_sum', '_count'] : [''];
  return suffixes.map((suffix) => `holdfast_${name}${suffix}`);
});

/** Metrics that a query names. */
const named = (expr: string) => expr.match(/holdfast_\w+/g) ?? [];

describe('the observability examples', () => {
  it('are what the list of metrics makes of them', () => {
    for (const [name, text] of observabilityFiles()) {
      // The formatter may break lines elsewhere; what is said is the same.
      const committed = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
      assert.deepEqual(committed, JSON.parse(text), `${name}: run examples/observability/generate.ts`);
    }
  });

  it('show every metric, and none that is not written', () => {
    const { panels } = JSON.parse(observabilityFiles().get('grafana-dashboard.json') ?? '');
    const shown = panels.flatMap((panel: { title: string; type: string }) =>
      panel.type === 'row' ? [] : [panel.title],
    );
    assert.deepEqual(shown.sort(), METRICS.map(({ name }) => name).sort());
    const queries = panels.flatMap(({ targets = [] }: { targets: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    );
    assert.deepEqual(
      queries.flatMap(named).filter((name: string) => !written.includes(name)),
      [],
    );
  });

  it('alert on metrics that are written, on burn rates through two windows', () => {
    assert.deepEqual(
      RULES.flatMap(({ expr }) => named(expr)).filter((name) => !written.includes(name)),
      [],
    );
    const fast = RULES.find(({ alert }) => alert === 'ErrorBudgetBurnsFast');
    assert.match(fast?.expr ?? '', /window="1h"\} > 14\.4 and .*window="5m"\} > 14\.4/);
  });
});
