// One pass of the search: depth first, forking by going back. What it leaves out is told in explore.ts.

import { DEATH, type Exploration, outcomeOf, type SearchOptions } from './exploration.ts';
import type { Footprint } from './footprint.ts';
import { Identities } from './identities.ts';
import type { Machine } from './machine.ts';
import { checkEnd, type Orders, sequentialOrders } from './orders.ts';
import { type Call, waits } from './program.ts';
import { refuseRaces } from './races.ts';
import { Flaw, whyOf } from './scenario.ts';
import { type Access, conflicts } from './site.ts';

/** A schedule that has not ended by then never will: every loop of a kernel is bounded. */
const MAX_STEPS = 50_000;
const MAX_CHOICES = 2_000;
const MAX_STATES = 1_000_000;

/** A word turned out to matter to more than one thread: the pass has left out too much. */
export class Surprise extends Error {}

/** There are more states than the search may remember. */
export class TooMany extends Error {}

export class Search {
  readonly found: Exploration;
  private readonly machine: Machine;
  private readonly footprint: Footprint;
  private readonly options: Required<
    Pick<SearchOptions, 'local' | 'sleep' | 'states' | 'preemptions' | 'maxStates'>
  >;
  private readonly path: number[] = [];
  /** What slept when a state was last explored, by the state. */
  private readonly explored = new Map<string, number>();
  private readonly identities = new Identities();
  private readonly fate: number;
  private orders: Orders | undefined;
  private surprised = false;

  constructor(machine: Machine, footprint: Footprint, options: SearchOptions, reached: Set<number>) {
    const preemptions = options.preemptions ?? machine.scenario.preemptions ?? Number.POSITIVE_INFINITY;
    const { local = true, states = true, maxStates = MAX_STATES } = options;
    // A bound counts turns, and sleep sets leave out the very schedules with the fewest.
    const sleep = (options.sleep ?? true) && preemptions === Number.POSITIVE_INFINITY;
    this.machine = machine;
    this.footprint = footprint;
    this.options = { local, sleep, states, preemptions, maxStates };
    this.fate = machine.scenario.programs.length + 1;
    this.found = {
      schedules: 0,
      steps: 0,
      states: 0,
      outcomes: new Set(),
      reached,
      contended: new Set(),
      ms: 0,
    };
  }

  all(): void {
    const { machine } = this;
    try {
      this.orders = machine.scenario.linearizable ? sequentialOrders(machine) : undefined;
      machine.reset();
      machine.scenario.invariant?.(machine);
      for (const t of machine.ready) this.goOn(t);
      this.visit(0, DEATH, 0);
      if (this.surprised) throw new Surprise();
    } catch (error) {
      if (error instanceof Surprise || error instanceof TooMany) throw error;
      this.found.failure = { why: whyOf(error), schedule: this.path.slice() };
    }
  }

  /** Explores everything from here. `last` had the last turn; `sleep` has a bit for each choice not to be made. */
  private visit(sleep: number, last: number, taken: number, deep = 0): void {
    const { machine, options, path } = this;
    if (deep > MAX_CHOICES) throw new Flaw(`${MAX_CHOICES} choices, and no end`);
    const { choices, asleep: sleeping, awake, turn } = this.nextFork(sleep, last, taken);
    if (choices.length === 0) return;

    const here = machine.moment();
    const depth = path.length;
    let asleep = sleeping;
    for (const choice of choices) {
      if (!(awake & (1 << choice))) continue;
      const offTurn = choice !== turn && choice !== this.fate && choices.includes(turn);
      if (taken + Number(offTurn) > options.preemptions) {
        this.found.cut = 'preemptions';
        continue;
      }
      const below = options.sleep ? this.undisturbed(asleep, choices, choice) : 0;
      this.make(choice);
      this.visit(below, choice, taken + Number(offTurn), deep + 1);
      // Told only on the way back: one schedule mostly holds more than one surprise.
      if (this.surprised) throw new Surprise();
      machine.goBack(here);
      path.length = depth;
      if (options.sleep) asleep |= 1 << choice;
    }
  }

  /** Makes the steps of a thread that is the only one left, up to where there is a choice; without any at the end. */
  private nextFork(sleep: number, last: number, taken: number) {
    let fork = { ...this.lookAround(sleep, last, taken), turn: last };
    while (fork.choices.length === 1 && fork.awake) {
      const [turn] = fork.choices;
      this.make(turn);
      fork = { ...this.lookAround(0, turn, taken), turn };
    }
    if (fork.choices.length === 0) this.end();
    return fork;
  }

  /** The choices there are, and which of them are to be explored. */
  private lookAround(sleep: number, last: number, taken: number) {
    const { machine } = this;
    const choices = machine.ready;
    this.noteConflicts(choices);
    if (machine.deathIsDue) choices.push(this.fate);
    for (const t of machine.sleeping) this.note(t);
    if (choices.length === 0) return { choices, asleep: 0, awake: 0 };
    return { choices, ...this.divide(choices, sleep, last, taken) };
  }

  /** Which choices are to be explored, and which are covered elsewhere, as bits. */
  private divide(choices: readonly number[], sleep: number, last: number, taken: number) {
    const { machine, options, found } = this;
    const all = choices.reduce((bits, choice) => bits | (1 << choice), 0);
    if (!options.states) return { asleep: sleep, awake: all & ~sleep };
    const turn = options.preemptions === Number.POSITIVE_INFINITY ? '' : `${last}/${taken}`;
    const places = machine.threads.map((thread) => this.identities.of(thread));
    const state = `${turn} ${places} ${machine.memory.fingerprint()}`;
    const before = this.explored.get(state);
    if (before === undefined) {
      if (++found.states > options.maxStates) throw new TooMany();
      this.explored.set(state, sleep);
      return { asleep: sleep, awake: all & ~sleep };
    }
    this.explored.set(state, before & sleep);
    return { asleep: before & sleep, awake: before & ~sleep };
  }

  /** The sleeping choices that stay asleep while this one is made: those whose order to it nobody can see. */
  private undisturbed(asleep: number, choices: readonly number[], made: number): number {
    let still = 0;
    for (const other of choices) if (asleep & (1 << other) && !this.depend(other, made)) still |= 1 << other;
    return still;
  }

  private depend(a: number, b: number): boolean {
    const { threads, scenario } = this.machine;
    const dying = scenario.death?.of;
    if (a === this.fate) return b === dying;
    if (b === this.fate) return a === dying;
    // Where the time between calls counts, nothing may be exchanged with the first step of one.
    if (scenario.linearizable && !(threads[a].began && threads[b].began)) return true;
    return conflicts(threads[a].next as Access, threads[b].next as Access);
  }

  private make(choice: number): void {
    const { machine, path } = this;
    if (choice === this.fate) {
      machine.die();
      path.push(DEATH);
    } else {
      this.step(choice);
    }
    const acted = choice === this.fate ? machine.scenario.programs.length : choice;
    this.goOn(acted);
    machine.scenario.invariant?.(machine);
  }

  /** Makes the steps of a thread that matter to no other. */
  private goOn(t: number): void {
    if (!this.options.local) return;
    for (;;) {
      const { next, began, call } = this.machine.threads[t];
      if (!next || this.footprint.matters(next) || waits(call as Call)) return;
      if (!began && this.machine.scenario.linearizable) return; // when a call begins is somebody's business
      this.step(t);
    }
  }

  private step(t: number): void {
    const { machine, found, path } = this;
    const next = machine.threads[t].next as Access;
    found.steps++;
    found.reached.add(next.site.id);
    path.push(t);
    this.note(t);
    if (path.length > MAX_STEPS) throw new Flaw(`${MAX_STEPS} steps, and no end`);
    machine.step(t);
  }

  private note(t: number): void {
    if (!this.options.local) return;
    if (this.footprint.note(t, this.machine.threads[t].next as Access)) this.surprised = true;
  }

  private noteConflicts(ready: readonly number[]): void {
    const { threads } = this.machine;
    for (const t of ready) {
      for (const u of ready) {
        const [a, b] = [threads[t].next as Access, threads[u].next as Access];
        if (t < u && conflicts(a, b)) this.found.contended.add(a.site.id).add(b.site.id);
      }
    }
    refuseRaces(this.machine);
  }

  private end(): void {
    const { machine, found } = this;
    found.schedules++;
    found.outcomes.add(outcomeOf(machine));
    checkEnd(machine, this.orders);
  }
}
