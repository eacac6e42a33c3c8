// The words that the map of the memory names, found where it says, by whoever reads the memory without this library.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EVENTS_HEAD,
  HEADER_DIRECTORY_AT,
  HEADER_EVENTS_AT,
  HEADER_MAGIC,
  HEADER_SLOTS_AT,
  HEADER_THREADS_AT,
  LAYOUT_MAGIC,
} from '../../assembly/layout.ts';
import { ringWord, writeEvent } from '../../src/state/event-ring.ts';
import { givenPlane } from './given.ts';

describe('the map of the memory', () => {
  it('says where each part begins', () => {
    const { i32, geometry } = givenPlane();
    const said = [HEADER_THREADS_AT, HEADER_DIRECTORY_AT, HEADER_EVENTS_AT, HEADER_SLOTS_AT];
    assert.deepEqual(
      said.map((at) => i32[at >> 2]),
      [geometry.threadsAt, geometry.directoryAt, geometry.eventsAt, geometry.slotsAt],
    );
    assert.equal(i32[HEADER_MAGIC >> 2], LAYOUT_MAGIC);
  });

  it('counts events where listeners wait for them', () => {
    const plane = givenPlane();
    const event = { slot: 1, generation: 1, from: 0, to: 1, extra: 0, atMs: 5, thread: 0 };
    for (let number = 0; number < 3; number++) writeEvent(plane, { kind: 'stateChange', ...event });
    const word = (plane.geometry.eventsAt + EVENTS_HEAD) >> 2;
    assert.equal(ringWord(plane), word);
    assert.equal(plane.i32[word], 3);
    assert.equal(plane.i32[HEADER_MAGIC >> 2], LAYOUT_MAGIC);
  });
});
