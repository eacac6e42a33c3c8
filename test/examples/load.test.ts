import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startExample } from './example-process.ts';

describe('the load story', () => {
  it('tells of each phase what was answered and decided, and that each request was answered once', async () => {
    const load = startExample('examples/gateway/load/main.ts', { LOAD_SECONDS: '1' });
    await load.says(/(\d+) requests sent, \1 answers: each answered once/);
    for (const phase of ['calm', 'upstream fails', 'flood of /digest', 'chaos', 'recovery']) {
      assert.match(load.output, new RegExp(`^${phase}, 1 s\n {2}upstream +150 requests`, 'm'));
    }
    assert.match(load.output, /\d {2}upstream: retries/);
    assert.match(load.output, /\d {2}upstream: chaos: error/);
    assert.match(load.output, /digest +300 requests .*(503|429): \d+/);
    assert.equal(await load.exit(), 0);
  });
});
