// A signal that no process can listen to, or that there is none of, ended in an error of the system's, with the
// listeners before it left behind. It is refused as an option, and nobody listens.

import assert from 'node:assert/strict';
import process from 'node:process';
import { it } from 'node:test';
import { createHoldfast, OptionsError } from '../../src/index.ts';

it('SIGKILL is refused, and leaves no listener for the others', () => {
  const holdfast = createHoldfast({ memory: { policies: 1, threads: 1, keys: 0 } });
  const before = process.listenerCount('SIGTERM');
  for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGNOTHING', 15, 'toString'] as never[]) {
    assert.throws(() => holdfast.handleSignals({ signals: ['SIGTERM', signal] }), OptionsError);
  }
  assert.equal(process.listenerCount('SIGTERM'), before);
});
