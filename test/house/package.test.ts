import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

describe('the package', () => {
  it('runs nothing on the machine of who installs it', () => {
    const scripts = Object.keys(manifest.scripts);
    assert.ok(scripts.includes('prepare'), 'prepare is for the repository and not run from the registry');
    assert.deepEqual(
      scripts.filter((name) => /^(pre|post)?install$/.test(name)),
      [],
    );
  });

  it('exports what the build makes of a file that exists, with its types', () => {
    const entries = Object.entries<Record<string, string>>(manifest.exports).filter(
      ([name]) => !/json$/.test(name),
    );
    assert.ok(entries.length > 0);
    for (const [, { types, default: code }] of entries) {
      assert.equal(types, code.replace(/\.js$/, '.d.ts'));
      const source = code.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');
      assert.ok(existsSync(new URL(source, root)), source);
    }
  });

  it('names exact versions, and no place to load them from', () => {
    const versions = Object.values<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
      [],
    );
    assert.ok(!readFileSync(new URL('package-lock.json', root), 'utf8').includes('"resolved": "http'));
  });
});
