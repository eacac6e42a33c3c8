import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resultsOf } from './given.ts';

const { chartsOf } = await import(new URL('../../scripts/bench-charts.mjs', import.meta.url).href);

const charted = (rows: Parameters<typeof resultsOf>[0]): string =>
  chartsOf([{ name: 'node-20', results: resultsOf(rows) }])['calls-node-20.svg'];

describe('charts of results', () => {
  it('draw a bar a row, each longer the more it takes', () => {
    const svg = charted({
      bare: { ratio: 1, ns: 50 },
      breaker: { ratio: 4, ns: 200 },
      five: { ratio: 10, ns: 500 },
    });
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    assert.equal(widths.length, 3);
    assert.ok(0 < widths[0] && widths[0] < widths[1] && widths[1] < widths[2], widths.join());
  });

  it('tell the baseline, others’ libraries and ours apart', () => {
    const svg = charted({ bare: { ratio: 1 }, breaker: { ratio: 4 }, 'cockatiel: breaker': { ratio: 4 } });
    const kinds = [...svg.matchAll(/<rect class="(\w+)"/g)].map(([, kind]) => kind);
    assert.deepEqual(kinds, ['base', 'own', 'peer']);
  });

  it('have no figure that cannot be drawn, whatever the results', () => {
    const svg = charted({
      bare: { ratio: 1, ns: 100 },
      same: { ratio: 1, ns: 100 },
      'a < b & c': { ratio: 1 },
    });
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    assert.match(svg, /a &lt; b &amp; c/);
  });

  it('are left out where nothing was measured', () => {
    assert.deepEqual(chartsOf([{ name: 'node-20', results: { machine: 'a machine' } }]), {});
    assert.equal(charted({ bare: { ratio: 1 } }), undefined);
  });
});
