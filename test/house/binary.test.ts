import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KERNELS_BASE64 } from '../../src/state/kernels.wasm.ts';
import { sectionsOf } from '../support/wasm-sections.ts';

const binary = new Uint8Array(Buffer.from(KERNELS_BASE64, 'base64'));
const module = new WebAssembly.Module(binary);

describe('the kernel binary', () => {
  it('stays within 16 KiB', () => {
    assert.ok(binary.length <= 16_384, `${binary.length} bytes`);
  });

  it('asks its host for nothing but the shared memory', () => {
    assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('offers functions and nothing else', () => {
    const offered = WebAssembly.Module.exports(module);
    assert.ok(offered.length > 0);
    assert.deepEqual(
      offered.filter(({ kind }) => kind !== 'function'),
      [],
    );
  });

  // A data segment is written again by every thread's instance, over what the others have counted; a global
  // is a thread's own and would split a decision's truth; a start function could do either.
  it('has no data, no globals, no tables and no start function', () => {
    const present = sectionsOf(binary);
    const refused = ['data', 'data count', 'global', 'table', 'element', 'start'];
    assert.deepEqual(
      refused.filter((name) => present.has(name)),
      [],
    );
    assert.ok(present.has('code') && present.has('import'), 'the sections were really read');
  });

  it('takes a memory of one page and one of the largest size', () => {
    for (const pages of [1, 3, 16_384, 65_536]) {
      const memory = new WebAssembly.Memory({ initial: Math.min(pages, 16), maximum: pages, shared: true });
      assert.ok(new WebAssembly.Instance(module, { env: { memory } }));
    }
  });
});
