// What may be said of a backoff, at the edge.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constant } from '../../src/index.ts';
import { backoffData } from '../../src/policy/backoff.ts';

describe('the jitter of a backoff', () => {
  it('is a share from 0 to 1, both included', () => {
    for (const jitter of [0, 0.5, 1])
      assert.equal(backoffData(constant({ baseMs: 1, jitter }))?.jitter, jitter);
  });

  it('is none below or above, and none that only reads as one', () => {
    for (const jitter of [-0.1, 1.1, Number.NaN, '0.5', true, null, [1]]) {
      assert.throws(() => constant({ baseMs: 1, jitter: jitter as never }), {
        name: 'OptionsError',
        message: /^constant\.jitter: expected "none", "full", "equal" or a share from 0 to 1, got /,
      });
    }
  });
});

describe('the data of a backoff', () => {
  it('is a function’s alone, whatever else bears it', () => {
    const data = backoffData(constant({ baseMs: 1 }));
    const worn = { [Symbol.for('holdfast.backoff')]: data };
    assert.equal(data?.kind, 'constant');
    assert.equal(backoffData(worn), undefined);
  });
});
