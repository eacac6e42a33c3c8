// Where virtual threads stand, between two steps of the whole.

import type { Parked } from './coroutine.ts';
import type { Mark } from './memory.ts';
import type { Call } from './program.ts';
import type { Access } from './site.ts';

/** How one access of the source is made wrong, wherever the compiler has put it; see helper.ts. */
export interface Mutant {
  /** Of its sites. */
  readonly label: string;
  readonly how: 'torn' | 'blind' | 'lost';
}

/** A call that has returned. */
export interface Returned extends Call {
  readonly result: number;
  /** How many calls of each thread had returned when this one took its first step; nothing when it took none. */
  readonly after: readonly number[];
}

/** A virtual thread between two steps; never changed, only replaced. */
export interface Thread {
  /** `unborn` is the manager before the death it waits for. */
  readonly status: 'unborn' | 'running' | 'ended' | 'dead';
  /** The access it is about to make, while it runs. */
  readonly next?: Access;
  /** The kernel it is in; without one the step is the host's own. */
  readonly parked?: Parked;
  readonly call?: Call;
  readonly began?: readonly number[];
  readonly calls: readonly Returned[];
}

export interface Moment {
  readonly memory: Mark;
  readonly threads: readonly Thread[];
}
