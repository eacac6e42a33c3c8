// The admin server remembered an isolation by the policy's name, so that when the policy was removed and defined anew,
// `isolate` was answered with 200 and did nothing. An isolation belongs to the breaker it was made at.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serving, TOKEN } from '../admin/given.ts';

const OPTIONS = { circuitBreaker: { consecutiveFailures: 5 } };

it('a policy that has taken the name of an isolated one can be isolated too', async () => {
  const { holdfast, send, end } = await serving({ policies: { send: OPTIONS } }, { token: TOKEN });
  const isolate = async () =>
    (await (await send('POST', '/policies/send/circuit-breaker', { action: 'isolate' })).json()) as object;
  try {
    assert.deepEqual(await isolate(), { state: 'isolated' });
    holdfast.remove('send');
    holdfast.define('send', OPTIONS);
    assert.deepEqual(await isolate(), { state: 'isolated' });
    await send('POST', '/policies/send/circuit-breaker', { action: 'release' });
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'closed');
  } finally {
    await end();
  }
});
