// Vegas where its step is more than one: limits of a hundred and more.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENGINES, givenPolicyOn } from './given.ts';

const LIMIT = 200;
/** floor(log10 of the limit). */
const STEP = 2;
const RTT_MS = 100;

for (const engine of ENGINES) {
  describe(`vegas at a limit of ${LIMIT} (${engine})`, () => {
    const { kernels } = givenPolicyOn(engine, {});
    /** The next limit where the upstream must have so many in its queue. */
    const after = (queue: number) => {
      const baseline = RTT_MS * (1 - (queue - 0.5) / LIMIT);
      return kernels.vegas(LIMIT, LIMIT, RTT_MS, baseline, 0);
    };

    it('grows by six steps while hardly any queue stands', () => {
      for (const queue of [1, STEP]) assert.equal(after(queue), LIMIT + 6 * STEP);
    });

    it('grows by a step below alpha, three steps', () => {
      for (const queue of [STEP + 1, 3 * STEP - 1]) assert.equal(after(queue), LIMIT + STEP);
    });

    it('stays between alpha and beta, six steps', () => {
      for (const queue of [3 * STEP, 4 * STEP, 6 * STEP]) assert.equal(after(queue), LIMIT);
    });

    it('shrinks by a step above beta', () => {
      for (const queue of [6 * STEP + 1, LIMIT]) assert.equal(after(queue), LIMIT - STEP);
    });
  });
}
