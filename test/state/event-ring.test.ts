import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_BYTES, EVENT_COUNT, EVENT_SEQ, EVENTS_FIRST } from '../../assembly/layout.ts';
import { RING_KINDS, type RingEvent, RingReader, ringWord, writeEvent } from '../../src/state/event-ring.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { givenPlane } from './given.ts';

function event(number: number): RingEvent {
  return {
    kind: RING_KINDS[number % RING_KINDS.length],
    slot: number,
    generation: number + 1,
    from: number + 0.25,
    to: number + 0.5,
    extra: -number,
    atMs: number * 1e9 + 0.125,
    thread: number % 64,
  };
}

function given() {
  const plane = givenPlane();
  const view = StatePlane.attach(new Threads(plane).reserveOnMain());
  const write = (from: number, to: number) => {
    for (let number = from; number < to; number++) writeEvent(plane, event(number));
  };
  return { plane, view, write, listener: () => listening(new RingReader(view)) };
}

/** A reader, and what it heard. */
function listening(reader: RingReader) {
  const heard: RingEvent[] = [];
  const lost: number[] = [];
  const read = () =>
    reader.read(
      (each) => heard.push(each),
      (many) => lost.push(many),
    );
  return { reader, heard, lost, read, slots: () => heard.map(({ slot }) => slot) };
}

/** What a thread leaves that dies while it writes an event. */
function beginEvent(plane: StatePlane): () => void {
  const number = Atomics.add(plane.i32, ringWord(plane), 1);
  const at = plane.geometry.eventsAt + EVENTS_FIRST + (number % EVENT_COUNT) * EVENT_BYTES;
  Atomics.store(plane.i32, (at + EVENT_SEQ) >> 2, 0);
  return () => Atomics.store(plane.i32, (at + EVENT_SEQ) >> 2, number + 1);
}

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('the event ring', () => {
  it('hands another thread what was written, whole', () => {
    const { write, listener } = given();
    const { read, heard } = listener();
    write(0, 7);
    read();
    assert.deepEqual(
      heard,
      count(0, 7).map((number) => event(number)),
    );
  });

  it('hands each event to each reader once, in order', () => {
    const { write, listener } = given();
    const listeners = [listener(), listener()];
    write(0, 3);
    listeners[0].read();
    write(3, 5);
    for (const { read } of [...listeners, ...listeners]) read();
    for (const { slots, lost } of listeners) assert.deepEqual([slots(), lost], [count(0, 5), []]);
  });

  it('does not tell a reader what was before it', () => {
    const { write, listener } = given();
    write(0, 3);
    const { read, slots } = listener();
    write(3, 4);
    read();
    assert.deepEqual(slots(), [3]);
  });

  it('keeps as many as it has places, however late they are read', () => {
    const { write, listener } = given();
    const { read, slots, lost } = listener();
    for (const round of [0, 1, 2]) {
      write(round * EVENT_COUNT, (round + 1) * EVENT_COUNT);
      read();
    }
    assert.deepEqual([slots(), lost], [count(0, 3 * EVENT_COUNT), []]);
  });

  it('says how many were lost when it went round, and hands out the rest', () => {
    const { write, listener } = given();
    const { read, slots, lost } = listener();
    write(0, EVENT_COUNT + 30);
    read();
    read();
    assert.deepEqual(lost, [30]);
    assert.deepEqual(slots(), count(30, EVENT_COUNT + 30));
  });

  it('lets a reader see that something came by looking at one word', () => {
    const { plane, write, listener } = given();
    const { reader, read } = listener();
    const word = () => Atomics.load(plane.i32, ringWord(plane));
    assert.equal(word(), reader.place);
    write(0, 2);
    assert.notEqual(word(), reader.place);
    read();
    assert.equal(word(), reader.place);
  });

  it('waits for a writer that is not done yet, and keeps the order', () => {
    const { plane, write, listener } = given();
    const { read, slots, lost } = listener();
    write(0, 2);
    const finish = beginEvent(plane);
    write(3, 5);
    read();
    assert.deepEqual(slots(), [0, 1]);
    finish();
    read();
    assert.deepEqual([slots().slice(3), lost], [[3, 4], []]);
  });

  it('gives an event up whose writer has died, once others stand behind it', () => {
    const { plane, write, listener } = given();
    const { read, slots, lost } = listener();
    beginEvent(plane);
    for (let look = 0; look < 20; look++) read();
    assert.deepEqual([slots(), lost], [[], []]);
    write(1, 3);
    for (let look = 0; look < 20; look++) read();
    assert.deepEqual([slots(), lost], [[1, 2], [1]]);
  });

  it('passes a turn of the ring with a writer that died in it', () => {
    const { plane, write, listener } = given();
    const { read, slots, lost } = listener();
    beginEvent(plane);
    write(1, EVENT_COUNT + 1);
    read();
    read();
    assert.deepEqual([slots(), lost], [count(1, EVENT_COUNT + 1), [1]]);
  });

  it('outlives the number of its events', () => {
    const { plane, write, listener } = given();
    Atomics.store(plane.i32, ringWord(plane), 2 ** 31 - 3);
    const { read, slots, lost } = listener();
    write(0, 6);
    read();
    assert.deepEqual([slots(), lost], [count(0, 6), []]);
  });
});
