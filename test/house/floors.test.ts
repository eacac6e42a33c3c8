import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Source, sourceOf, sourcesIn } from '../support/sources.ts';
import { circles, climbingImports, homeless, packagesOf, sharedPackages } from './floors.ts';

const sources = sourcesIn('assembly', 'src', 'workers');
const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('the house', () => {
  it('has a floor for every file', () => {
    assert.ok(sources.length > 0);
    assert.deepEqual(homeless(sources), []);
  });

  it('imports from the same folder or from a lower floor only', () => {
    assert.deepEqual(climbingImports(sources), []);
  });

  it('has no circles of imports', () => {
    assert.deepEqual(circles(sources), []);
  });

  it('imports files that exist', () => {
    const paths = new Set([...sources.map(({ path }) => path), 'src/state/kernels.wasm.ts']);
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter((to) => /^(src|assembly|workers)\//.test(to) && !paths.has(to))
        .map((to) => `${path}: ${to}`),
    );
    assert.deepEqual(missing, []);
  });

  it('lets one file speak for each package of others', () => {
    assert.deepEqual(sharedPackages(sources), []);
  });

  it('imports only packages that its users install with it', () => {
    assert.deepEqual(
      [...packagesOf(sources).keys()].filter((name) => !(name in dependencies)),
      [],
    );
  });
});

describe('the check of the house', () => {
  const at = (path: string, ...imports: string[]): Source =>
    sourceOf(path, imports.map((to) => `import { a } from '${to}';`).join('\n'));

  it('sees an import from a higher floor', () => {
    const found = climbingImports([at('src/base/clock.ts', '../state/plane.ts')]);
    assert.deepEqual(found, ['src/base/clock.ts imports src/state/plane.ts']);
  });

  it('sees an import from a neighbour on the same floor', () => {
    assert.equal(climbingImports([at('src/policy/a.ts', '../testing/b.ts')]).length, 1);
    assert.equal(climbingImports([at('src/policy/a.ts', './deep/b.ts', '../state/c.ts')]).length, 0);
  });

  it('sees an import of a worker entry', () => {
    assert.equal(climbingImports([at('src/control/a.ts', '../../workers/b.ts')]).length, 1);
  });

  it('sees imports of every kind, and none in comments', () => {
    const text = `
      import './a.ts';
      import type { B } from './b.ts';
      export * from "./c.ts";
      export {
        d,
      } from './d.ts';
      const e = await import('./e.ts');
      // import './not.ts';
      /** import { f } from './not.ts'; */
      const url = 'http://x'; import { g } from './g.ts';
    `;
    const { imports } = sourceOf('src/base/x.ts', text);
    assert.deepEqual(
      imports,
      ['a', 'b', 'c', 'd', 'e', 'g'].map((name) => `src/base/${name}.ts`),
    );
  });

  it('sees a circle, through however many files', () => {
    const ring = [
      at('src/base/a.ts', './b.ts'),
      at('src/base/b.ts', './c.ts'),
      at('src/base/c.ts', './a.ts'),
    ];
    assert.deepEqual(circles(ring), ['src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts']);
    assert.deepEqual(circles(ring.slice(1)), []);
  });

  it('sees a package that two files import', () => {
    const two = [at('src/work/a.ts', 'piscina'), at('src/work/b.ts', 'piscina/x')];
    assert.deepEqual(sharedPackages(two), ['piscina is imported by src/work/a.ts, src/work/b.ts']);
    assert.deepEqual(sharedPackages(two.slice(1)), []);
  });
});
