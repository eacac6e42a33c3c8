// Named policies in a memory that threads share, as one thread has them.

import { SLOT_GEN } from '../../assembly/layout.ts';
import type { Clock } from '../base/clock.ts';
import { OptionsError, UnknownPolicyError } from '../base/errors.ts';
import { refuseValue } from '../base/options.ts';
import type { Random } from '../base/random.ts';
import type { Arena, KeyRange } from '../state/arena.ts';
import {
  checkName,
  directoryGeneration,
  type Entry,
  enterOnMain,
  entries,
  removeOnMain,
} from '../state/directory.ts';
import type { StatePlane } from '../state/plane.ts';
import { formatOnMain, Slot } from '../state/slot.ts';
import { Changes } from './changes.ts';
import { PolicyCore, type PolicyHost } from './core.ts';
import { Keys } from './keys.ts';
import { bindRandom } from './make-policy.ts';
import { readPolicy } from './options/read-policy.ts';
import { slotShapeOf } from './options/slot-shape.ts';
import { readOptionsText, writeOptionsText } from './options-text.ts';
import type { PolicyPlan } from './plan.ts';
import { Policy } from './policy.ts';
import { RingEvents } from './ring-events.ts';

export interface SharedSettings {
  plane: StatePlane;
  clock: Clock;
  random: Random;
  host: PolicyHost;
  /** Options by name from a module that all threads load; the functions in them work here. */
  module?: Readonly<Record<string, unknown>>;
}

interface Opened {
  policy: Policy;
  entry: Entry;
}

/** The policies of one memory in one thread. Each is made once and kept. */
export class SharedPolicies {
  readonly #settings: SharedSettings;
  readonly #opened = new Map<string, Opened>();
  readonly #ranges = new Map<number, KeyRange | undefined>();
  readonly #ring: RingEvents;
  #seen = -1;
  /** The highest place that is taken. */
  #last = -1;
  #entries = new Map<string, Entry>();

  constructor(settings: SharedSettings) {
    this.#settings = settings;
    this.#ring = new RingEvents(settings.plane);
  }

  /** Names of all policies defined now, in any thread. */
  names(): string[] {
    this.#look();
    return [...this.#entries.keys()];
  }

  /** Policies of this thread that are open. */
  opened(): Policy[] {
    return [...this.#opened.values()].map(({ policy }) => policy);
  }

  /** The policy of a name. Throws an `UnknownPolicyError`, or an `OptionsError` when it cannot be used in this thread. */
  get(name: string): Policy {
    this.#look();
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened.policy;
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new UnknownPolicyError({ policy: name, known: this.#entries.keys() });
    return this.#open(entry, this.#planOf(entry));
  }

  /** Makes a policy in a free slot and publishes its name. Throws an `OptionsError` for a name that is taken. */
  defineOnMain(arena: Arena, name: string, options: unknown): Policy {
    const { plane, random } = this.#settings;
    if (typeof name !== 'string') refuseValue('define(name)', 'a text', name);
    const path = `policies.${name}`;
    this.#look();
    checkName(path, name);
    if (this.#entries.has(name)) {
      throw new OptionsError({
        path,
        expected: 'a name that is not taken',
        received: `"${name}", defined already`,
      });
    }
    const plan = bindRandom(readPolicy(path, options), random);
    const index = arena.takeOnMain(path);
    const perKey = plan.shape.rateLimiter?.perKey;
    let keys: KeyRange | undefined;
    try {
      keys = perKey && arena.takeKeysOnMain(path, perKey.maxKeys);
      formatOnMain(plane, index, slotShapeOf(plan, keys, true), plan.numbers);
      writeOptionsText(plane, plane.slotAt(index), { data: plan.data, inline: plan.inline });
      enterOnMain(plane, path, name, index);
    } catch (error) {
      arena.freeOnMain(index);
      if (keys !== undefined) arena.freeKeysOnMain(keys);
      throw error;
    }
    this.#ranges.set(index, keys);
    return this.#open(this.#entered(name, index), plan);
  }

  /** Takes a policy out; false when there is none of that name. Calls under way end as they will. */
  removeOnMain(arena: Arena, name: string): boolean {
    this.#look();
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    removeOnMain(this.#settings.plane, entry.index);
    arena.freeOnMain(entry.index);
    const keys = this.#ranges.get(entry.index);
    if (keys !== undefined) arena.freeKeysOnMain(keys);
    this.#ranges.delete(entry.index);
    this.#refresh();
    return true;
  }

  #look(): void {
    if (this.#seen !== directoryGeneration(this.#settings.plane)) this.#refresh();
  }

  /** A name that was just entered. Where it comes last, nothing else need be read again: a thousand are defined so. */
  #entered(name: string, index: number): Entry {
    const { plane } = this.#settings;
    if (this.#last < index) {
      this.#last = index;
      this.#seen = directoryGeneration(plane);
      const generation = Atomics.load(plane.i32, (plane.slotAt(index) + SLOT_GEN) >> 2);
      this.#entries.set(name, { name, index, generation });
    } else this.#refresh();
    return this.#entries.get(name) as Entry;
  }

  /** Looks for what other threads changed, and forgets policies that were removed. */
  #refresh(): void {
    const { plane } = this.#settings;
    this.#seen = directoryGeneration(plane);
    const found = entries(plane);
    this.#entries = new Map(found.map((entry) => [entry.name, entry]));
    this.#last = found.at(-1)?.index ?? -1;
    for (const [name, { policy, entry }] of this.#opened) {
      if (this.#entries.get(name)?.generation === entry.generation) continue;
      this.#opened.delete(name);
      this.#ring.delete(Policy.coreOf(policy));
      // Who waits for their turn at it is told now that none will come.
      Policy.coreOf(policy).line?.pump();
    }
  }

  #planOf(entry: Entry): PolicyPlan {
    const { plane, module, random } = this.#settings;
    const path = `policies.${entry.name}`;
    const own = module?.[entry.name];
    if (own !== undefined) return bindRandom(readPolicy(path, own), random);
    const text = readOptionsText(plane, plane.slotAt(entry.index));
    if (text === undefined || text.inline.length > 0) {
      throw new OptionsError({
        path,
        expected: 'options that this thread can have: from a module that both sides load (policiesOf)',
        received:
          text === undefined
            ? 'options too long to be read by another thread'
            : `${text.inline.join(', ')}: a function that stayed in the thread that defined it`,
      });
    }
    return bindRandom(readPolicy(path, text.data), random);
  }

  #open(entry: Entry, plan: PolicyPlan): Policy {
    const { plane, clock, random, host } = this.#settings;
    const slot = new Slot(plane, entry.index);
    const core = new PolicyCore({
      name: entry.name,
      slot,
      plan,
      clock,
      random,
      host,
      originMs: plane.originMs,
    });
    if (plan.shape.rateLimiter?.perKey !== undefined) core.keys = new Keys(plane);
    core.changes = new Changes(core, this.#ring.announcer(core));
    if (plane.row === 0) core.changes.prepareOpenTime(1);
    this.#ring.add(core);
    const policy = new Policy(
      core,
      () => {},
      () => this.#ring.listen(),
    );
    this.#opened.set(entry.name, { policy, entry });
    return policy;
  }
}
