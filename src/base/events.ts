// Typed events.
//
// Whether anybody listens is a plain field, so that a call that nobody listens to pays one load:
//
//   if (events.heard.success) events.emit('success', { policy, durationMs });

import { DISPOSE } from './dispose.ts';
import { didYouMean } from './nearest.ts';
import { readOptions, refuseValue } from './options.ts';
import { OptionsError } from './options-error.ts';
import { warnOfListener } from './report.ts';
import { linkSignal } from './signals.ts';

/** The tie between a listener and its event; disposed of, it ends, any number of times. */
export interface Subscription extends Disposable {
  dispose(): void;
}

/** How a listener is added. */
export interface ListenOptions {
  /** Removes the listener when it is aborted. */
  signal?: AbortSignal;
  /** Removes the listener when it has been called once. */
  once?: boolean;
}

/** What an event's listener is. What it returns is not awaited, but a rejection is reported like a throw. */
export type Listener<Event> = (event: Event) => unknown;

const OPTIONS = ['signal', 'once'];

interface Entry {
  readonly listener: Listener<never>;
  readonly once: boolean;
  removed: boolean;
  /** A listener that throws every time is reported the first time only. */
  reported: boolean;
  unlink: () => void;
}

/**
 * Events of one thread, each with listeners called in the order in which they were added. A listener changes
 * nothing for whoever emits: what it throws becomes a process warning, once per listener, and the others are
 * called all the same. A listener that is removed while an event goes round is not called any more; one that is
 * added hears the next event.
 */
export class Emitter<Events extends object> {
  /** For each event, whether it has a listener. Read only; one object for the emitter's life. */
  readonly heard: Readonly<Record<keyof Events & string, boolean>>;
  readonly #who: string;
  // Never changed in place: an event that goes round keeps the list that it began with.
  readonly #entries = new Map<string, readonly Entry[]>();

  /** `who` names the emitter in warnings and errors: `policies.send`. */
  constructor(who: string, names: readonly (keyof Events & string)[]) {
    this.#who = who;
    this.heard = Object.fromEntries(names.map((name) => [name, false])) as Record<string, boolean> as never;
    for (const name of names) this.#entries.set(name, []);
  }

  /**
   * Calls a listener at each event of a name. Throws an OptionsError for a name that there is not, for a listener
   * that is no function, and for options that are none. The same function added twice is called twice.
   */
  on<Name extends keyof Events & string>(
    name: Name,
    listener: Listener<Events[Name]>,
    options: ListenOptions = {},
  ): Subscription {
    this.#check(name, listener);
    const given = readOptions(`${this.#who}.on(${JSON.stringify(name)}).options`, options, OPTIONS);
    const once = given.boolean('once', { default: false });
    const signal = given.get('signal');
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      refuseValue(`${given.path}.signal`, 'an AbortSignal', signal);
    }
    const entry: Entry = { listener, once, removed: false, reported: false, unlink: () => {} };
    const dispose = () => this.#remove(name, entry);
    this.#replace(name, [...this.#listOf(name), entry]);
    // One that is aborted already takes the listener away again.
    if (signal instanceof AbortSignal) entry.unlink = linkSignal(signal, dispose);
    return { dispose, [DISPOSE]: dispose };
  }

  /** Whether an event has a listener. */
  has(name: keyof Events & string): boolean {
    return this.heard[name] === true;
  }

  /** Tells an event's listeners. Never throws. */
  emit<Name extends keyof Events & string>(name: Name, event: Events[Name]): void {
    for (const entry of this.#listOf(name)) {
      if (entry.removed) continue;
      if (entry.once) this.#remove(name, entry);
      try {
        const result = (entry.listener as Listener<unknown>)(event);
        if (isThenable(result)) result.then(undefined, (error) => this.#report(name, entry, error));
      } catch (error) {
        this.#report(name, entry, error);
      }
    }
  }

  #listOf(name: string): readonly Entry[] {
    return this.#entries.get(name) as readonly Entry[];
  }

  #replace(name: string, entries: readonly Entry[]): void {
    this.#entries.set(name, entries);
    (this.heard as Record<string, boolean>)[name] = entries.length > 0;
  }

  #remove(name: string, entry: Entry): void {
    entry.removed = true;
    entry.unlink();
    this.#replace(
      name,
      this.#listOf(name).filter((other) => other !== entry),
    );
  }

  #check(name: string, listener: unknown): void {
    const path = `${this.#who}.on(${JSON.stringify(name)})`;
    const known = [...this.#entries.keys()];
    if (!this.#entries.has(name)) {
      throw new OptionsError({
        path,
        expected: `one of ${known.join(', ')}`,
        received: String(name),
        what: `unknown event${didYouMean(String(name), known) || `; known are ${known.join(', ')}`}`,
      });
    }
    if (typeof listener !== 'function') {
      throw new OptionsError({ path, expected: 'a function', received: typeof listener });
    }
  }

  #report(name: string, entry: Entry, error: unknown): void {
    if (entry.reported) return;
    entry.reported = true;
    warnOfListener(`listener of "${name}" on ${this.#who}`, error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
