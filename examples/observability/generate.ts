// Writes the dashboard and the rules beside this file: `node examples/observability/generate.ts`.

import { writeFileSync } from 'node:fs';
import { prometheusRules } from './alerts.ts';
import { grafanaDashboard } from './dashboard.ts';

/** Files by name, with their text. */
export function observabilityFiles(): ReadonlyMap<string, string> {
  const text = (content: unknown) => `${JSON.stringify(content, null, 2)}\n`;
  return new Map([
    ['grafana-dashboard.json', text(grafanaDashboard())],
    ['prometheus-rules.yaml', text(prometheusRules())],
  ]);
}

if (process.argv[1]?.endsWith('generate.ts')) {
  for (const [name, text] of observabilityFiles()) writeFileSync(new URL(name, import.meta.url), text);
}
