// A listener for an event that there is not is refused by the name of the policy that it was given to.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';

it('an event that there is not is refused below the policy’s own path, with a name or without', () => {
  const clock = manualClock();
  for (const [name, path] of [
    ['', 'policy'],
    ['send', 'policies.send'],
  ]) {
    const guarded = policy({}, { clock, name });
    assert.throws(() => guarded.on('sucess' as 'success', () => {}), { path: `${path}.on("sucess")` });
  }
});
