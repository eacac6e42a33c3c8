/**
 * Server-sent events. All streams are told the same text, made once a second
 * while there is anybody to tell. A client that does not read misses changes and
 * gets everything anew when it reads again; one that has not read for half a
 * minute is let go.
 */

import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import type { Holdfast } from '../control/holdfast.ts';
import { type Frame, Frames } from './frames.ts';

export const MOST_STREAMS = 32;
const EVERY_MS = 1_000;
const PATIENCE = 30;
/** What may wait unread in a stream, in bytes. */
const ROOM = 1_048_576;

interface Stream {
  controller: ReadableStreamDefaultController<Uint8Array>;
  whole: boolean;
  missed: number;
}

const encoder = new TextEncoder();

export class EventStreams {
  readonly #clock: Clock;
  readonly #frames: Frames;
  readonly #streams = new Set<Stream>();
  readonly #timer = callbackTimer((nowMs) => this.#tick(nowMs));

  constructor(holdfast: Holdfast, clock: Clock) {
    this.#clock = clock;
    this.#frames = new Frames(holdfast, clock);
  }

  get size(): number {
    return this.#streams.size;
  }

  /** A new stream's text; `undefined` when there are as many as there may be. */
  open(): ReadableStream<Uint8Array> | undefined {
    if (this.#streams.size >= MOST_STREAMS) return undefined;
    let stream: Stream | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          stream = { controller, whole: false, missed: 0 };
          this.#streams.add(stream);
          this.#tell(this.#frames.next());
          this.#arm(guardClock(this.#clock).now());
        },
        cancel: () => {
          if (stream !== undefined) this.#drop(stream);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: ROOM }),
    );
  }

  close(): void {
    for (const stream of [...this.#streams]) this.#end(stream);
  }

  #tick(nowMs: number): void {
    this.#tell(this.#frames.next());
    this.#arm(nowMs);
  }

  #tell(frame: Frame): void {
    let full: Uint8Array | undefined;
    const changes = encoder.encode(frame.changes);
    for (const stream of [...this.#streams]) {
      if ((stream.controller.desiredSize ?? 0) <= 0) {
        stream.whole = false;
        if (++stream.missed > PATIENCE) this.#end(stream);
        continue;
      }
      if (!stream.whole) full ??= encoder.encode(frame.full());
      stream.controller.enqueue(stream.whole ? changes : (full as Uint8Array));
      stream.whole = true;
      stream.missed = 0;
    }
  }

  #end(stream: Stream): void {
    this.#drop(stream);
    stream.controller.close();
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) backgroundTimersOf(this.#clock).disarm(this.#timer);
  }

  #arm(nowMs: number): void {
    if (this.#streams.size > 0) backgroundTimersOf(this.#clock).arm(this.#timer, nowMs + EVERY_MS);
  }
}
