// The main thread and two others at the same policies, on one clock that runs as fast as it is told to: threads that
// are killed with something in hand or in the middle of a step, policies that come and go, limits that change.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { readRuntimeOptions } from '../../src/control/runtime-options.ts';
import { RuntimePolicies } from '../../src/control/runtime-policies.ts';
import { spawnWorker } from '../support/spawn.ts';
import { type Draw, drawFrom } from './draw.ts';
import { Violations } from './ledger.ts';
import { anyChange, POLICIES } from './policies.ts';
import { makeTime, sharedClock } from './shared-clock.ts';
import {
  ANSWERED,
  BEGUN,
  LEAVES_WITHIN_MS,
  makeCounts,
  PASSING,
  RUNNING,
  ThreadCalls,
} from './thread-calls.ts';
import type { MemberStart, Order } from './thread-member.ts';
import { checkShared } from './thread-quiet.ts';

const THREADS = 2;
/** A thread that has not answered by then hangs; real ms. */
const PATIENCE_MS = 30_000;

interface Member {
  worker: Worker;
  counts: Int32Array;
}

export class ThreadWeather {
  readonly runtime: RuntimePolicies;
  readonly violations: Violations;
  readonly did: Record<string, number> = {};
  /** Counts of all threads there have been, this one first; and of those that were killed. */
  readonly counts: Int32Array[] = [makeCounts()];
  readonly dead: Int32Array[] = [];
  readonly #time = makeTime();
  readonly #clock = sharedClock(this.#time);
  readonly #draw: Draw;
  readonly #calls: ThreadCalls;
  readonly #seed: number | string;
  readonly #members: Member[] = [];
  #step = 0;

  constructor(seed: number | string) {
    this.#seed = seed;
    this.#draw = drawFrom(`${seed} threads`);
    this.violations = new Violations(() => `threads, seed ${seed}, step ${this.#step}`);
    const settings = readRuntimeOptions({
      clock: this.#clock,
      random: this.#draw.share,
      memory: { policies: 16, threads: 8, keys: 0 },
    });
    this.runtime = new RuntimePolicies(settings);
    const { narrow, breaker, limited, everything, hedged } = POLICIES;
    this.runtime.define('narrow', {
      ...narrow,
      bulkhead: { maxConcurrent: 3, maxQueue: 100, maxWaitMs: 2_000 },
    });
    this.runtime.define('breaker', breaker);
    this.runtime.define('limited', limited);
    this.runtime.define('counted', { ...hedged, circuitBreaker: { window: { calls: 50 }, openMs: 50 } });
    this.runtime.define('everything', everything);
    this.#calls = new ThreadCalls(this.#clock, this.#draw, (name) => this.runtime.get(name), this.counts[0]);
  }

  /** Time that has passed, in ms. */
  get passedMs(): number {
    return this.#clock.now();
  }

  /** Calls that were made in all, by all threads. */
  get begun(): number {
    return this.counts.reduce((sum, counts) => sum + Atomics.load(counts, BEGUN), 0);
  }

  async begin(): Promise<void> {
    for (let index = 0; index < THREADS; index++) this.#members.push(await this.#spawn());
  }

  async step(): Promise<void> {
    this.#step++;
    this.#did('steps');
    this.#change();
    if (this.#draw.chance(0.006)) await this.#kill();
    await this.#pass(1 + this.#draw.below(this.#draw.chance(0.3) ? 2_000 : 100), 6);
  }

  /** Lets everything come to an end, and compares. */
  async quiet(): Promise<void> {
    this.#did('quiet points');
    const untilMs = Date.now() + PATIENCE_MS;
    while (this.#open() > 0 && Date.now() < untilMs) await this.#pass(20, 0);
    this.violations.expect('calls of living threads that were not answered', this.#open(), 0);
    checkShared(this, this.violations);
  }

  async end(): Promise<void> {
    await this.quiet();
    await Promise.all(this.#members.map(({ worker }) => this.#ended(worker)));
    this.#members.length = 0;
    // Some callers meant to leave after their answer.
    await this.#pass(LEAVES_WITHIN_MS, 0);
    this.violations.expect('timers left', this.#clock.pending, 0);
  }

  #open(): number {
    const living = this.counts.filter((counts) => !this.dead.includes(counts));
    const open = (counts: Int32Array) =>
      Atomics.load(counts, BEGUN) - Atomics.load(counts, ANSWERED) + Atomics.load(counts, RUNNING);
    return living.reduce((sum, counts) => sum + open(counts), 0);
  }

  /** Time goes on, and every thread begins some calls; until each has said that it has. */
  async #pass(ms: number, most: number): Promise<void> {
    Atomics.add(this.#time, 0, ms);
    const answers = this.#members.map((member) => this.#ask(member, { begin: most }));
    this.#clock.tick();
    this.#calls.begin(most);
    await Promise.all(answers);
  }

  #change(): void {
    const draw = this.#draw;
    const passing = draw.pick(PASSING);
    draw.act([
      [30, () => {}],
      [2, () => this.#update('everything')],
      [2, () => this.#update('breaker')],
      [
        3,
        () => {
          this.#did('policies come or gone');
          if (!this.runtime.remove(passing))
            this.runtime.define(passing, POLICIES[draw.pick(['sliding', 'narrow', 'everything'] as const)]);
        },
      ],
      [1, () => this.#moveBreaker()],
    ]);
  }

  #update(name: 'everything' | 'breaker'): void {
    this.#did('updates');
    this.runtime.get(name).update(anyChange(name, this.#draw));
  }

  #moveBreaker(): void {
    this.#did('breakers moved');
    const { circuitBreaker } = this.runtime.get('breaker');
    const release = circuitBreaker?.isolate();
    this.#draw.pick([() => circuitBreaker?.open(300), () => circuitBreaker?.close(), () => {}])();
    release?.();
  }

  /** With something in hand, or in the middle of whatever it does. */
  async #kill(): Promise<void> {
    this.#did('threads killed');
    const [member] = this.#members.splice(this.#draw.below(this.#members.length), 1);
    if (this.#draw.chance(0.5)) await this.#ask(member, { hoard: true });
    else member.worker.postMessage({ begin: 30 } satisfies Order);
    await this.#ended(member.worker);
    this.dead.push(member.counts);
    this.#members.push(await this.#spawn());
  }

  async #spawn(): Promise<Member> {
    const worker = spawnWorker(new URL('./thread-member.ts', import.meta.url));
    const counts = makeCounts();
    this.counts.push(counts);
    const ready = once(worker, 'message');
    // Not by the runtime's own share(): that keeps threads to the clock of the machine.
    const handle = this.runtime.threads.share(worker, () => this.runtime.wakeAll());
    const start: MemberStart = {
      handle,
      time: this.#time,
      counts,
      seed: `${this.#seed} ${this.counts.length}`,
    };
    worker.postMessage(start);
    await this.#inTime(ready, 'a thread does not start');
    return { worker, counts };
  }

  async #ask({ worker }: Member, order: Order): Promise<void> {
    const answer = once(worker, 'message');
    worker.postMessage(order);
    await this.#inTime(answer, 'a thread does not answer');
  }

  async #ended(worker: Worker): Promise<void> {
    const exit = once(worker, 'exit');
    await worker.terminate();
    await this.#inTime(exit, 'a thread does not end');
  }

  async #inTime(promise: Promise<unknown>, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.violations.add(what);
        resolve();
      }, PATIENCE_MS);
    });
    await Promise.race([promise, late]);
    clearTimeout(timer);
  }

  #did(what: string): void {
    this.did[what] = (this.did[what] ?? 0) + 1;
  }
}
