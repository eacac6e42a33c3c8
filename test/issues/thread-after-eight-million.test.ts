// The eight-millionth thread in one row got a fence that was negative in its word, which means none, and could take
// nothing. Fences begin again before that.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { THREAD_BYTES, THREAD_GEN } from '../../assembly/layout.ts';
import { readRuntimeOptions } from '../../src/control/runtime-options.ts';
import { RuntimePolicies } from '../../src/control/runtime-policies.ts';
import { sharedHost } from '../../src/policy/attached.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { manualClock, seededRandom } from '../../src/testing/index.ts';

it('a thread whose row has been used eight million times takes a slot, and it is returned', () => {
  const clock = manualClock();
  const random = seededRandom(1);
  const runtime = new RuntimePolicies(
    readRuntimeOptions({ clock, memory: { policies: 1, threads: 2, keys: 0 } }),
  );
  const policy = runtime.define('send', { bulkhead: { maxConcurrent: 1 } });
  const { plane } = runtime;
  const row = plane.geometry.threadsAt + THREAD_BYTES + THREAD_GEN;
  for (const before of [0x7f_fffe, 0x7f_ffff]) {
    Atomics.store(plane.i32, row >> 2, before);
    const handle = runtime.threads.reserve();
    const there = StatePlane.attach(handle);
    const policies = new SharedPolicies({ plane: there, clock, random, host: sharedHost(there, () => true) });
    assert.ok(policies.get('send').tryAcquire().ok);
    assert.equal(policy.bulkhead?.active, 1);
    assert.equal(runtime.threads.threads.reclaimOnMain(handle).returned, 1);
    assert.equal(policy.bulkhead?.active, 0);
  }
});
