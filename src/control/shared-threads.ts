// Threads of the user's own that take part in a runtime.

import { readSafely, refuseValue } from '../base/options.ts';
import { handleOf, type RuntimeHandle } from '../policy/attached.ts';
import type { StatePlane } from '../state/plane.ts';
import { Threads } from '../state/threads.ts';

/** What a worker must be able to do: tell when it has ended. Node's and the web's both can. */
interface Endable {
  once?(event: 'exit', listener: () => void): unknown;
  addEventListener?(event: string, listener: () => void): unknown;
}

/** Hands out places in the shared memory and takes back what the dead held. */
export class SharedThreads {
  readonly threads: Threads;
  readonly #name: string;
  readonly #policies: unknown;
  readonly #onJoin: () => void;
  #joined = 0;

  /** `onJoin`: called whenever a thread gets a place. */
  constructor(plane: StatePlane, name: string, policies: unknown, onJoin: () => void = () => {}) {
    this.#onJoin = onJoin;
    this.threads = new Threads(plane);
    this.#name = name;
    this.#policies = policies;
  }

  /** Whether any other thread ever joined: until then nobody needs to be notified. */
  get joined(): boolean {
    return this.#joined > 0;
  }

  /** A handle for one worker; its exit returns what it held. */
  share(worker: unknown, onReturned: (returned: number) => void): RuntimeHandle {
    const { once, addEventListener } = readSafely('share(worker)', () => {
      const { once, addEventListener } = (worker ?? {}) as Endable;
      return { once, addEventListener };
    });
    if (typeof once !== 'function' && typeof addEventListener !== 'function') {
      refuseValue('share(worker)', 'a Worker', worker);
    }
    const plane = this.reserve();
    const ended = () => onReturned(this.threads.reclaimOnMain(plane).returned);
    if (typeof once === 'function') once.call(worker, 'exit', ended);
    else for (const event of ['exit', 'close']) addEventListener?.call(worker, event, ended);
    return handleOf(this.#name, plane, this.#policies);
  }

  /** A place for a thread of the pool. */
  reserve(): RuntimeHandle['plane'] {
    this.#joined++;
    this.#onJoin();
    return this.threads.reserveOnMain();
  }

  handle(plane: RuntimeHandle['plane']): RuntimeHandle {
    return handleOf(this.#name, plane, this.#policies);
  }
}
