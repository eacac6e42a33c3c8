// The other side of a protected call, played by the test.
//
//   calls that wait for an ending   ○ ○ ○ ◀─ endings given when nobody waits are kept for calls to come
//
// Of the two rows, calls and endings, one is always empty: whichever comes first waits for the other.

/** What a call was told: the context of a policy's operation. */
export interface UpstreamContext {
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly policy: string;
}

/** One call that has arrived. */
export interface UpstreamCall<T> {
  /** How many calls had arrived with it: 1 for the first. */
  readonly number: number;
  readonly context: UpstreamContext;
  /** Whether it has not been ended. One that is left hanging stays pending. */
  readonly pending: boolean;
  /** Whether the caller's signal is aborted. The call goes on nevertheless, as calls over a network do. */
  readonly aborted: boolean;
  /** Ends this call well, whether its turn has come or not. Does nothing to one that has ended. */
  succeed(value?: T): void;
  /** Ends this call with an error: the given one, or one that says which call it was. */
  fail(error?: unknown): void;
}

/**
 * A scripted operation. Hand it to a policy, as it is or as its `operation`, and say how each call ends: before it
 * arrives or while it waits, in the order in which the calls arrive.
 *
 *     const up = upstream<string>();
 *     up.fail(new Error('busy'));                      // the first call that comes fails
 *     const answer = policy.execute(up.operation);     // … and its retry waits
 *     (await up.next()).succeed('done');
 *
 * It heeds no signal: what a caller abandons goes on until the test ends it. Belongs to one thread.
 */
export interface Upstream<T> {
  /** One call. Needs no `this`. Without a context, as in a bare call, there is a blank one. */
  (context?: UpstreamContext): Promise<T>;
  /** The upstream itself, for where a name reads better. */
  readonly operation: (context?: UpstreamContext) => Promise<T>;
  /** Calls that have arrived so far. */
  readonly calls: number;
  /** Calls that have not ended, hanging ones included. */
  readonly pending: number;
  /** Endings that are kept for calls to come. */
  readonly scripted: number;
  /** The next call that was not handed out by `next()` before, as soon as it arrives. */
  next(): Promise<UpstreamCall<T>>;
  /** Ends the call that waits longest, or else the next to arrive: it gives `value`. */
  succeed(value?: T): void;
  /** The same, but it rejects with `error`; without one, with an error that says which call it was. */
  fail(error?: unknown): void;
  /** The same, but it gets no ending: it hangs until it is ended by itself, through what `next()` gave. */
  hang(): void;
}

type Ending<T> = (call: Arrived<T>) => void;

class Arrived<T> implements UpstreamCall<T> {
  readonly number: number;
  readonly context: UpstreamContext;
  readonly result: Promise<T>;
  readonly #ended: () => void;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #pending = true;

  constructor(number: number, context: UpstreamContext, ended: (call: Arrived<T>) => void) {
    this.number = number;
    this.context = context;
    this.#ended = () => ended(this);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get pending(): boolean {
    return this.#pending;
  }

  get aborted(): boolean {
    return this.context.signal.aborted;
  }

  succeed(value?: T): void {
    if (this.#end()) this.#resolve(value as T);
  }

  fail(...error: [error?: unknown]): void {
    if (this.#end())
      this.#reject(error.length > 0 ? error[0] : new Error(`upstream: call ${this.number} failed`));
  }

  #end(): boolean {
    if (!this.#pending) return false;
    this.#pending = false;
    this.#ended();
    return true;
  }
}

/** Makes an operation whose calls end as the test says. */
export function upstream<T = unknown>(): Upstream<T> {
  const waiting = new Set<Arrived<T>>();
  const script: Ending<T>[] = [];
  const arrivals: Arrived<T>[] = [];
  const watchers: ((call: Arrived<T>) => void)[] = [];
  let calls = 0;
  let pending = 0;

  function ended(call: Arrived<T>): void {
    pending--;
    waiting.delete(call);
  }

  function operation(context: UpstreamContext = blank()): Promise<T> {
    const call = new Arrived<T>(++calls, context, ended);
    pending++;
    const watcher = watchers.shift();
    if (watcher === undefined) arrivals.push(call);
    else watcher(call);
    const ending = script.shift();
    if (ending === undefined) waiting.add(call);
    else ending(call);
    return call.result;
  }

  function end(ending: Ending<T>): void {
    const [oldest] = waiting;
    if (oldest === undefined) {
      script.push(ending);
      return;
    }
    waiting.delete(oldest);
    ending(oldest);
  }

  const controls = {
    operation,
    get calls() {
      return calls;
    },
    get pending() {
      return pending;
    },
    get scripted() {
      return script.length;
    },
    next(): Promise<UpstreamCall<T>> {
      const call = arrivals.shift();
      return call === undefined ? new Promise((resolve) => watchers.push(resolve)) : Promise.resolve(call);
    },
    succeed: (value?: T) => end((call) => call.succeed(value)),
    fail: (...error: [error?: unknown]) => end((call) => call.fail(...error)),
    hang: () => end(() => {}),
  };
  // Getters stay getters: what has arrived so far is asked again and again.
  return Object.defineProperties(operation as Upstream<T>, Object.getOwnPropertyDescriptors(controls));
}

function blank(): UpstreamContext {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    remainingMs: Number.POSITIVE_INFINITY,
    policy: '',
  };
}
