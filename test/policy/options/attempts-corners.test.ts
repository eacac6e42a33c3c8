// Where a counted policy keeps attempts apart from calls: only where its breaker hears of something else.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_ATTEMPTS } from '../../../assembly/layout.ts';
import { slotShapeOf } from '../../../src/policy/options/slot-shape.ts';
import { read } from './refusal.ts';

const apart = (options: object, counted: boolean) =>
  (slotShapeOf(read(options), undefined, counted).features & F_ATTEMPTS) !== 0;

const breaker = { circuitBreaker: { consecutiveFailures: 5 } };
const line = { bulkhead: { maxConcurrent: 5, maxQueue: 1 } };
const wait = { rateLimiter: { permitsPerSecond: 5, maxWaitMs: 5 } };

describe('attempts', () => {
  it('are apart from calls for a breaker where there may be several, or where a call may wait first', () => {
    for (const more of [{ retry: {} }, { hedge: { delayMs: 5 } }, line, wait, { ...line, ...wait }]) {
      assert.equal(apart({ ...breaker, ...more }, true), true, JSON.stringify(more));
      assert.equal(apart(more, true), false, `${JSON.stringify(more)} without a breaker`);
      assert.equal(apart({ ...breaker, ...more }, false), false, `${JSON.stringify(more)} uncounted`);
    }
  });

  it('are calls where nothing comes before them and nothing after', () => {
    const none = { bulkhead: { maxConcurrent: 5 }, rateLimiter: { permitsPerSecond: 5 } };
    for (const more of [{}, none, { throttle: {} }]) {
      assert.equal(apart({ ...breaker, ...more }, true), false, JSON.stringify(more));
    }
  });
});
