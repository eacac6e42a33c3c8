// One schedule, run again: to be told step by step, or to see whether it still fails.

import { DEATH, type Schedule } from './exploration.ts';
import type { Kernel } from './kernel.ts';
import { Machine } from './machine.ts';
import type { UndoableMemory } from './memory.ts';
import { checkEnd, sequentialOrders } from './orders.ts';
import { refuseRaces } from './races.ts';
import { type Scenario, whyOf } from './scenario.ts';
import type { Access } from './site.ts';
import type { Mutant } from './thread.ts';

/** Something that happened in a schedule. */
export type Event =
  | {
      readonly what: 'calls';
      readonly thread: number;
      readonly kernel: string;
      readonly args: readonly number[];
    }
  | {
      readonly what: 'step';
      readonly thread: number;
      readonly access: Access;
      readonly before: Value;
      readonly after: Value;
    }
  | { readonly what: 'returns'; readonly thread: number; readonly result: number }
  | { readonly what: 'dies'; readonly thread: number };

export type Value = number | bigint;

export interface Replayed {
  /** What was really run: without choices that could not be made, and with the steps that were still to come. */
  readonly schedule: Schedule;
  readonly events: readonly Event[];
  /** What failed, and where the replay then ended. */
  readonly why?: string;
}

/**
 * Runs a schedule. A choice that cannot be made (the thread has ended) is passed over; when all are made, the
 * threads that are left run to their end, one after the other.
 *
 * @param confirm called before each step; throws when the schedule does not fit
 */
export function replay(
  kernel: Kernel,
  scenario: Scenario,
  schedule: Schedule,
  {
    mutant,
    confirm,
  }: { mutant?: Mutant; confirm?: (index: number, access: Access | undefined) => void } = {},
): Replayed {
  const machine = new Machine(kernel, scenario, mutant);
  const orders = scenario.linearizable ? sequentialOrders(machine) : undefined;
  const made: number[] = [];
  const events: Event[] = [];
  const look = () => {
    refuseRaces(machine);
    scenario.invariant?.(machine);
  };
  try {
    machine.reset();
    look();
    for (const [index, choice] of schedule.entries()) {
      const possible = choice === DEATH ? machine.deathIsDue : machine.ready.includes(choice);
      confirm?.(index, machine.threads[choice]?.next);
      if (!possible) continue;
      make(machine, choice, made, events);
      look();
    }
    for (;;) {
      const choice = machine.ready[0] ?? (machine.deathIsDue ? DEATH : undefined);
      if (choice === undefined) break;
      make(machine, choice, made, events);
      look();
    }
    checkEnd(machine, orders);
  } catch (error) {
    return { schedule: made, events, why: whyOf(error) };
  }
  return { schedule: made, events };
}

/** A schedule that was written down for other code than this. */
export class Misfit extends Error {}

function make(machine: Machine, choice: number, made: number[], events: Event[]): void {
  made.push(choice);
  if (choice === DEATH) {
    events.push({ what: 'dies', thread: machine.scenario.death?.of ?? 0 });
    machine.die();
    return;
  }
  const { next, call, calls, began } = machine.threads[choice];
  if (!next || !call) throw new Error(`thread ${choice} has no step to make`);
  if (!began) events.push({ what: 'calls', thread: choice, kernel: call.kernel, args: call.args });
  const before = valueAt(machine.memory, next);
  machine.step(choice);
  events.push({ what: 'step', thread: choice, access: next, before, after: valueAt(machine.memory, next) });
  for (const { result } of machine.threads[choice].calls.slice(calls.length)) {
    events.push({ what: 'returns', thread: choice, result });
  }
}

function valueAt(memory: UndoableMemory, { address, site }: Access): Value {
  const view = new DataView(memory.buffer);
  if (site.type === 'f64') return view.getFloat64(address, true);
  if (site.type === 'f32') return view.getFloat32(address, true);
  if (site.size === 8) return view.getBigInt64(address, true);
  if (site.size === 4) return view.getInt32(address, true);
  return site.size === 2 ? view.getUint16(address, true) : view.getUint8(address);
}
