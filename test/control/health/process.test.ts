import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScript } from '../../base/run-script.ts';

const script = (name: string) => new URL(name, import.meta.url);

describe('the process', () => {
  it('is not kept alive by checks and recoveries that hang', async () => {
    const { lines, code, errors } = await runScript(script('./hanging-script.ts'));
    assert.deepEqual([lines, code], [['all hang'], 0], errors);
  });

  it('is kept alive while somebody waits for a check', async () => {
    const { lines, code, errors } = await runScript(script('./asked-script.ts'));
    assert.deepEqual([lines, code], [['down: hangs: check took longer than 50 ms'], 0], errors);
  });
});
