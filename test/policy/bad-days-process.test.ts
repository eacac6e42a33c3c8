// What keeps a process alive, and what does not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScript } from '../base/run-script.ts';

const script = new URL('./bad-days-script.ts', import.meta.url);

describe('a process', () => {
  for (const scene of ['idle', 'idle-runtime']) {
    it(`ends when its policies are idle (${scene})`, async () => {
      const { lines, errors, code } = await runScript(script, scene);
      assert.deepEqual([lines, code], [['end'], 0], errors);
    });
  }

  for (const [scene, said] of [
    ['abandoned', 'HF_TIMEOUT'],
    ['waits-for-permits', 'let in'],
    ['waits-for-a-slot', 'HF_BULKHEAD_TIMEOUT'],
    ['waits-for-a-retry', 'again'],
    ['waits-alone', 'let in'],
    ['waits-in-runtime', 'let in'],
  ]) {
    it(`lives as long as a caller waits, and no longer (${scene})`, async () => {
      const { lines, errors, code } = await runScript(script, scene);
      assert.deepEqual([[...lines].sort(), code], [['end', said].sort(), 0], errors);
    });
  }
});
