// Permits, a priority or a timeout that was an object without a text ended in the engine's error about that, or in the
// object's own, where a RangeError that names the option is promised. It says what came.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, given, onBothEngines } from '../support/given.ts';

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

onBothEngines('an option of a call that cannot be said', (engine) => {
  for (const name of ['permits', 'priority', 'timeoutMs']) {
    it(`is refused as ${name}, and nothing is held`, async () => {
      const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 }, timeout: { totalMs: 100 } });
      for (const value of [
        Object.create(null),
        { toString: () => assert.fail('asked') },
        revoked,
        Symbol('5'),
        [[]],
      ]) {
        const outcome = await guarded.executeOutcome(fine, { [name]: value });
        assert.ok(
          !outcome.ok && outcome.error instanceof RangeError,
          String((outcome as { error?: Error }).error),
        );
        assert.match(outcome.error.message, new RegExp(`^${name}: expected `));
      }
      assert.equal(guarded.bulkhead?.active, 0);
    });
  }
});
