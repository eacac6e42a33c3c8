import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ERROR_BUDGET, LATENCY_BUDGET } from '../../src/policy/options/read-budgets.ts';
import { BULKHEAD } from '../../src/policy/options/read-bulkhead.ts';
import { CHAOS } from '../../src/policy/options/read-chaos.ts';
import { CIRCUIT_BREAKER } from '../../src/policy/options/read-circuit-breaker.ts';
import { HEDGE } from '../../src/policy/options/read-hedge.ts';
import { RATE_LIMITER } from '../../src/policy/options/read-rate-limiter.ts';
import { RETRY } from '../../src/policy/options/read-retry.ts';
import { SHED } from '../../src/policy/options/read-shed.ts';
import { THROTTLE } from '../../src/policy/options/read-throttle.ts';
import { TIMEOUT } from '../../src/policy/options/read-timeout.ts';
import { asModule, pages, runnableBlocks } from './docs-blocks.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
const all = pages();

describe('the examples of the documentation', () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, text } of all) {
    const blocks = runnableBlocks(text);
    if (blocks.length === 0) continue;
    it(`do as ${name} says`, async () => {
      for (const [index, block] of blocks.entries()) {
        assert.match(block, /assert\./, `example ${index + 1} claims nothing`);
        const file = join(folder, `${name.replaceAll(/[/.]/g, '-')}-${index + 1}.ts`);
        writeFileSync(file, asModule(block));
        await import(pathToFileURL(file).href);
      }
    });
  }
});

const PAGES: Record<string, readonly string[]> = {
  'bulkhead.md': BULKHEAD,
  'budgets.md': [...ERROR_BUDGET, ...LATENCY_BUDGET],
  'chaos.md': CHAOS,
  'circuit-breaker.md': CIRCUIT_BREAKER,
  'degradation.md': SHED,
  'hedge.md': HEDGE,
  'rate-limiter.md': RATE_LIMITER,
  'retry.md': RETRY,
  'throttle.md': THROTTLE,
  'timeout.md': TIMEOUT,
};

describe('the documentation', () => {
  for (const [page, options] of Object.entries(PAGES)) {
    it(`has every option of docs/${page} in its table`, () => {
      const text = all.find(({ name }) => name === `docs/${page}`)?.text ?? '';
      assert.deepEqual(
        options.filter((option) => !text.includes(`\n| \`${option}\` |`)),
        [],
      );
    });
  }

  it('has the map of the memory, and the speed, as their sources have them', async () => {
    const { layoutPage } = await import(new URL('../../scripts/memory-layout.mjs', import.meta.url).href);
    const { withSpeed } = await import(new URL('../../scripts/readme-speed.mjs', import.meta.url).href);
    const page = (wanted: string) => all.find(({ name }) => name === wanted)?.text ?? '';
    assert.ok(
      page('docs/memory-layout.md') === layoutPage(),
      'node scripts/memory-layout.mjs writes it anew',
    );
    assert.ok(
      page('README.md') === withSpeed(page('README.md')),
      'node scripts/readme-speed.mjs writes it anew',
    );
  });

  it('links to pages and files that exist', () => {
    const broken = all.flatMap(({ name, text }) => {
      const from = new URL(`../../${name}`, import.meta.url);
      return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => target)
        .filter((target) => !existsSync(new URL(target, from)))
        .map((target) => `${name}: ${target}`);
    });
    assert.deepEqual(broken, []);
  });
});
