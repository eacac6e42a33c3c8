// A thread that joins a runtime: it finds the policies in the shared memory.

import { HEADER_BYTES, HEADER_LEVEL, HEADER_PHASE } from '../../assembly/layout.ts';
import { systemClock } from '../base/clock.ts';
import { readSafely, refuseValue } from '../base/options.ts';
import { systemRandom } from '../base/random.ts';
import { adoptThreadOrigin, threadOrigin } from '../base/thread-time.ts';
import { type PlaneHandle, StatePlane } from '../state/plane.ts';
import { Call } from './call.ts';
import type { PolicyHost } from './core.ts';
import { moduleOf, policiesIn } from './policies-of.ts';
import type { Policy } from './policy.ts';
import { SharedPolicies } from './shared-policies.ts';

const BRAND = 'holdfast.handle';

/** What a thread joins with: cloneable, for one thread. */
export interface RuntimeHandle {
  readonly kind: typeof BRAND;
  readonly name: string;
  readonly plane: PlaneHandle;
  /** The module that policies with functions come from. */
  readonly policies: string | undefined;
  /** Where the clock of the thread that made the handle starts: not all runtimes give their threads a common one. */
  readonly originMs: number;
}

export function handleOf(name: string, plane: PlaneHandle, policies: unknown): RuntimeHandle {
  return { kind: BRAND, name, plane, policies: moduleOf(policies), originMs: threadOrigin() };
}

/** A runtime's policies in another thread: the same state, no message sent. Belongs to its thread. */
export interface AttachedRuntime {
  readonly name: string;
  readonly engine: 'wasm' | 'js';
  /** The policy of that name. Throws an `UnknownPolicyError`, or an `OptionsError` when it cannot be used here. */
  policy(name: string): Policy;
  /** Names of all policies defined now. */
  readonly policies: string[];
}

/** The gates of a runtime as words in its memory: the same in every thread. */
export function sharedHost(
  plane: StatePlane,
  shared: () => boolean,
  passes: (parent: unknown) => boolean = admitted,
): PolicyHost {
  return {
    get shared() {
      return shared();
    },
    tracked: true,
    draining: () => plane.i32[HEADER_PHASE >> 2] !== 0,
    level: () => plane.i32[HEADER_LEVEL >> 2],
    admitted: passes,
  };
}

const openedBy = new WeakMap<AttachedRuntime, () => Policy[]>();

/** The policies of a runtime that this thread has used. */
export function openedIn(runtime: AttachedRuntime): Policy[] {
  return openedBy.get(runtime)?.() ?? [];
}

function admitted(parent: unknown): boolean {
  if (typeof parent !== 'object' || parent === null) return false;
  const { call } = parent as { call?: unknown };
  return call instanceof Call && !call.answered;
}

/**
 * Joins the runtime of a handle. Await it where its policies come from a module (`policiesOf`): until that is
 * loaded, policies with functions cannot be used. Throws an `OptionsError` for what is no handle, or one of
 * another layout version.
 */
export function attach(handle: unknown): AttachedRuntime & PromiseLike<AttachedRuntime> {
  return join(handle, admitted);
}

/** The same for a thread that only does work which was admitted already: its calls pass while the runtime drains. */
export function attachAdmitted(handle: unknown): PromiseLike<AttachedRuntime> {
  return join(handle, () => true);
}

// As far as memory that is somebody else's can be told from memory that was made here: by its first words.
function isHandle(handle: RuntimeHandle | null | undefined): boolean {
  const { kind, name, plane, policies, originMs } = handle ?? ({} as Partial<RuntimeHandle>);
  return (
    kind === BRAND &&
    typeof name === 'string' &&
    typeof originMs === 'number' &&
    (policies === undefined || typeof policies === 'string') &&
    typeof plane === 'object' &&
    plane !== null &&
    plane.memory?.buffer instanceof SharedArrayBuffer &&
    plane.memory.buffer.byteLength >= HEADER_BYTES &&
    Number.isInteger(plane.row) &&
    Number.isInteger(plane.fence)
  );
}

function join(
  handle: unknown,
  passes: (parent: unknown) => boolean,
): AttachedRuntime & PromiseLike<AttachedRuntime> {
  const given = handle as RuntimeHandle;
  if (!readSafely('handle', () => isHandle(given))) refuseValue('handle', 'what share(worker) gave', handle);
  // Before anything is timed: both sides must mean the same by a time.
  adoptThreadOrigin(given.originMs);
  const plane = StatePlane.attach(given.plane);
  const host = sharedHost(plane, () => true, passes);
  const open = (module?: Record<string, unknown>) =>
    new SharedPolicies({ plane, clock: systemClock, random: systemRandom, host, module });
  let policies = open();
  const runtime: AttachedRuntime = {
    name: given.name,
    engine: plane.engine.name,
    policy: (name) => policies.get(name),
    get policies() {
      return policies.names();
    },
  };
  openedBy.set(runtime, () => policies.opened());
  const url = given.policies;
  const loaded = async () => {
    if (url !== undefined) policies = open(policiesIn((await import(url)) as object));
    return runtime;
  };
  let ready: Promise<AttachedRuntime> | undefined;
  return Object.defineProperties({} as never, {
    ...Object.getOwnPropertyDescriptors(runtime),
    // biome-ignore lint/suspicious/noThenProperty: awaiting the runtime loads the module that its policies need
    then: {
      value: (...args: Parameters<PromiseLike<AttachedRuntime>['then']>) => {
        ready ??= loaded();
        return ready.then(...args);
      },
    },
  });
}
