// Virtual threads over one memory: who stands where, one step at a time, and back again.

import type { Coroutine, Host, Parked, Progress } from './coroutine.ts';
import { BLIND, LOST, TORN, UNCHANGED } from './helper.ts';
import type { Kernel } from './kernel.ts';
import type { UndoableMemory } from './memory.ts';
import { type Call, Script, waits } from './program.ts';
import { Flaw, type Scenario } from './scenario.ts';
import { type Access, LOOK, type Site } from './site.ts';
import type { Moment, Mutant, Returned, Thread } from './thread.ts';

const ANSWERS: Record<Mutant['how'], number> = { torn: TORN, blind: BLIND, lost: LOST };

export class Machine implements Host {
  readonly memory: UndoableMemory;
  threads: Thread[] = [];
  readonly scenario: Scenario;
  readonly mutant: Mutant | undefined;
  private readonly sites: readonly Site[];
  private readonly mutated: ReadonlySet<number>;
  private readonly coroutines: readonly Coroutine[];
  private readonly scripts: readonly Script[];

  constructor(kernel: Kernel, scenario: Scenario, mutant?: Mutant) {
    const programs = [...scenario.programs];
    if (scenario.death && scenario.linearizable)
      throw new Error('a call that a death cut short is in no order');
    if (scenario.death) programs.push(scenario.death.manager ?? function* () {});
    for (const label of scenario.death?.neverBefore ?? []) {
      if (!kernel.sites.some((site) => site.label === label)) throw new Error(`no access is ${label}`);
    }
    this.scenario = scenario;
    this.mutant = mutant;
    this.sites = kernel.sites;
    this.mutated = new Set(kernel.sites.filter(({ label }) => label === mutant?.label).map(({ id }) => id));
    this.memory = kernel.memory;
    this.coroutines = kernel.coroutinesFor(programs.length, this);
    this.scripts = programs.map((each) => new Script(each));
  }

  /** Memory as `init` leaves it, every thread before its first step. */
  reset(): void {
    this.memory.clear();
    this.scenario.init?.(this);
    this.memory.begin();
    this.threads = this.scripts.map(() => ({ status: 'running', calls: [] }));
    if (this.scenario.death) this.threads[this.manager] = { status: 'unborn', calls: [] };
    for (const [t, thread] of this.threads.entries()) if (thread.status === 'running') this.nextCall(t, []);
  }

  /** Runs a kernel from beginning to end, for `init`, `check` and `invariant`. */
  run(call: Call): number {
    return this.coroutines[0].whole(call.kernel, call.args);
  }

  /** What the calls of a thread have returned; of a dead one, also what it did not live to see. */
  results(t: number): readonly number[] {
    return this.threads[t].calls.map(({ result }) => result);
  }

  /** What all calls of all threads have returned. */
  get allResults(): readonly number[] {
    return this.threads.flatMap((_, t) => this.results(t));
  }

  /** Threads that have a step to make. */
  get ready(): number[] {
    const ready: number[] = [];
    for (let t = 0; t < this.threads.length; t++) {
      if (this.threads[t].next && !this.sleeps(this.threads[t])) ready.push(t);
    }
    return ready;
  }

  /** Threads that wait for a word to change. */
  get sleeping(): number[] {
    return [...this.threads.keys()].filter((t) => this.sleeps(this.threads[t]));
  }

  /** Whether the thread that is to die may do so now. */
  get deathIsDue(): boolean {
    const { death } = this.scenario;
    if (!death || this.threads[death.of].status === 'dead') return false;
    const { next } = this.threads[death.of];
    return !(next && death.neverBefore?.includes(next.site.label));
  }

  step(t: number): void {
    const { next, parked, call, calls, began } = this.threads[t];
    if (!next || !call) throw new Error(`thread ${t} has no step to make`);
    const since = began ?? this.threads.map((each) => each.calls.length);
    if (!parked) {
      const result = this.memory.i32[next.address >> 2];
      this.nextCall(t, [...calls, { ...call, result, after: since }]);
      return;
    }
    if (next.kind !== 'read') this.memory.keep(next.address, next.site.size);
    const progress = this.guard(() => this.coroutines[t].resume(call.kernel, parked));
    if (progress.parked) this.park(t, call, calls, progress.parked, since);
    else this.nextCall(t, [...calls, { ...call, result: progress.result, after: since }]);
  }

  /** The thread that is to die does so, and the manager sees it. */
  die(): void {
    const of = this.scenario.death?.of ?? 0;
    this.threads[of] = { status: 'dead', calls: this.threads[of].calls };
    this.nextCall(this.manager, []);
  }

  moment(): Moment {
    return { memory: this.memory.mark(), threads: this.threads.slice() };
  }

  goBack(to: Moment): void {
    this.memory.putBack(to.memory);
    this.threads = to.threads.slice();
  }

  mutation(site: number): number {
    if (!this.mutant || !this.mutated.has(site)) return UNCHANGED;
    return ANSWERS[this.mutant.how];
  }

  passing(site: number, address: number): void {
    this.memory.keep(address, this.sites[site].size);
  }

  private sleeps({ call, next }: Thread): boolean {
    return (
      next !== undefined &&
      call !== undefined &&
      waits(call) &&
      this.memory.i32[next.address >> 2] === call.args[1]
    );
  }

  private get manager(): number {
    return this.scenario.programs.length;
  }

  private nextCall(t: number, before: readonly Returned[]): void {
    let calls = before;
    for (;;) {
      const call = this.scripts[t].next(calls.map(({ result }) => result));
      if (!call) break;
      if (call.kernel === LOOK.kernel) {
        const next = { site: LOOK, address: call.args[0], kind: LOOK.kind, atomic: LOOK.atomic };
        this.threads[t] = { status: 'running', next, call, calls };
        return;
      }
      const progress: Progress = this.guard(() => this.coroutines[t].begin(call.kernel, call.args));
      if (progress.parked) {
        this.park(t, call, calls, progress.parked, undefined);
        return;
      }
      calls = [...calls, { ...call, result: progress.result, after: [] }];
    }
    this.threads[t] = { status: 'ended', calls };
  }

  private park(
    t: number,
    call: Call,
    calls: readonly Returned[],
    parked: Parked,
    began: readonly number[] | undefined,
  ): void {
    const next = this.accessAt(parked);
    this.threads[t] = { status: 'running', next, parked, call, calls, began };
  }

  private accessAt({ site: id, part, address }: Parked): Access {
    const site = this.sites[id];
    const how = this.mutated.has(id) ? this.mutant?.how : undefined;
    const { within = [[0, this.memory.limit]] } = this.scenario;
    if (!within.some(([from, length]) => address >= from && address + site.size <= from + length)) {
      throw new Flaw(`${site.label} reaches ${address}, outside the memory it was given`);
    }
    if (address % site.size !== 0) throw new Flaw(`${site.label} is not aligned at ${address}`);
    const onlyReads = how === 'lost' || (how === 'torn' && part === 0);
    const kind = onlyReads ? 'read' : how === 'torn' ? 'write' : site.kind;
    return { site, address, kind, atomic: site.atomic };
  }

  /** A trap is a flaw of the schedule that led to it. */
  private guard(run: () => Progress): Progress {
    try {
      return run();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError)
        throw new Flaw(`trap: ${error.message}`, { cause: error });
      throw error;
    }
  }
}
