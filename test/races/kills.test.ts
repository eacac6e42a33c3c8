// HOLDFAST_DEATHS=5000 node scripts/test.mjs races/kills   ends so many threads instead of some dozens

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { type End, killingField, NOTHING } from './kills.ts';

const LANES = 3;
const DEATHS = Number(process.env.HOLDFAST_DEATHS ?? 60);
const DECLARED = 10 * DEATHS;

/** Memory limits end a thread on Node alone. */
const isNode = !process.versions.bun && !process.versions.deno;
const ENDS: End[] = isNode
  ? ['terminate', 'terminate', 'exit', 'memory']
  : ['terminate', 'terminate', 'exit'];

describe('what a dead thread held', () => {
  it('comes back once, however and whenever the thread was ended', async () => {
    const field = killingField(LANES);
    const random = seededRandom('deaths');
    let begun = 0;
    let returned = 0;
    async function lane(number: number): Promise<void> {
      while (begun < DEATHS) {
        const end = ENDS[begun++ % ENDS.length];
        returned += await field.death(number, end, 1 + Math.floor(random() * 2 ** 31), random() * 6);
        assert.deepEqual(field.leftOf(number), NOTHING, `after an end by ${end}`);
      }
    }
    await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    assert.deepEqual(field.left(), NOTHING);
    assert.ok(returned > DEATHS, `${returned} came back of ${DEATHS} threads`);
  });

  it('comes back once when the thread was declared dead and runs on', async () => {
    const field = killingField(LANES);
    const random = seededRandom('declared dead');
    const each = Array.from({ length: LANES }, (_, lane) =>
      field.deaths(lane, Math.ceil(DECLARED / LANES), random, () =>
        assert.deepEqual(field.leftOf(lane), NOTHING),
      ),
    );
    const returned = await Promise.all(each);
    assert.deepEqual(field.left(), NOTHING);
    assert.ok(Math.min(...returned) > DECLARED / LANES, `${returned} came back`);
  });
});
