// Options as text in a slot: read back as long as they fit, to the last byte.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SLOT_TEXT_BYTES } from '../../assembly/layout.ts';
import { readOptionsText, writeOptionsText } from '../../src/policy/options-text.ts';
import { StatePlane } from '../../src/state/plane.ts';

it('options are read back where their text fills all the room there is, and not where it is longer', () => {
  const plane = StatePlane.create({ policies: 2, threads: 1, keys: 0 }, 0, 'js');
  const textOf = (data: string) => ({ data, inline: [] });
  const room = SLOT_TEXT_BYTES - JSON.stringify(textOf('')).length;
  const fits = textOf('x'.repeat(room));
  writeOptionsText(plane, plane.slotAt(0), fits);
  assert.deepEqual(readOptionsText(plane, plane.slotAt(0)), fits);
  writeOptionsText(plane, plane.slotAt(1), textOf('x'.repeat(room + 1)));
  assert.equal(readOptionsText(plane, plane.slotAt(1)), undefined);
});
