// What an operation was called back with at an abort threw out of the abort itself: the call that had timed out was
// never answered. It is raised, as what a listener of the signal throws is, and the call has its answer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScript } from '../base/run-script.ts';

describe('a listener of an abort that throws', () => {
  it('leaves the call its answer, and is raised', async () => {
    const { lines } = await runScript(new URL('./abort-listener-script.ts', import.meta.url));
    assert.deepEqual(lines.toSorted(), ['answered HF_TIMEOUT', 'raised the listener']);
  });
});
