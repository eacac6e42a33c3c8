import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { warnOfListener } from '../../src/base/report.ts';

/** The warning that a process gives for what a listener threw. */
async function warningOf(thrown: unknown): Promise<Error & { code?: string; detail?: string }> {
  const warning = once(process, 'warning');
  warnOfListener('listener of "tick"', thrown);
  return (await warning)[0];
}

describe('a warning of a listener', () => {
  it('says what was thrown, and where from if it was an error', async () => {
    const error = new RangeError('no');
    const warning = await warningOf(error);
    assert.equal(
      warning.message,
      'listener of "tick" threw RangeError: no; the call it was told about is not affected',
    );
    assert.deepEqual(
      [warning.name, warning.code, warning.detail],
      ['HoldfastWarning', 'HF_LISTENER_ERROR', error.stack],
    );
  });

  it('takes no detail from what is no error', async () => {
    for (const thrown of [{ stack: 'made up' }, 'text', null, undefined]) {
      assert.equal((await warningOf(thrown)).detail, undefined, String(thrown));
    }
  });

  it('is given of what cannot even be asked what it is', async () => {
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();
    assert.match((await warningOf(proxy)).message, /threw something that cannot be shown;/);
  });
});
