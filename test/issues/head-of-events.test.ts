// HEAD of the event stream opened a stream that nobody read, and kept it: after thirty-two of them no dashboard got one.
// A HEAD is answered as a GET would be and opens nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serving } from '../admin/given.ts';

it('HEAD of the event stream leaves the streams to those who read', async () => {
  const { ask, end } = await serving();
  try {
    for (let index = 0; index < 33; index++) {
      const answer = await ask('/events', { method: 'HEAD' });
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    }
    const stream = await ask('/events');
    assert.equal(stream.status, 200);
    await stream.body?.cancel();
  } finally {
    await end();
  }
});
