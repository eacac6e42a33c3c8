// Views that may be of any age had no percentiles at all when none had been read before: `latency: {}`.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given } from '../control/given.ts';

it('views of any age are read when there are none yet', () => {
  const { holdfast } = given({ policies: { send: {} } });
  const [view] = holdfast.views(Number.POSITIVE_INFINITY);
  assert.deepEqual(Object.values(view.latency), [null, null, null]);
});
