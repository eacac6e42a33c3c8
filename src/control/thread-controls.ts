// The manager's side of the control channels: one to each thread of the pool.
//
// Whether a thread lives is read from the shared memory, where it beats a pulse; a thread is asked only for what
// stands nowhere else, and each question has a deadline.

import { systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { WorkerLostError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import type { ControlChannel, Said } from '../work/control-channel.ts';
import type { ManagerSide, ThreadStats, WorkerSide } from '../work/control-sides.ts';
import type { Lane } from '../work/lane.ts';

/** One thread of the pool, as the manager sees it. */
export interface ThreadReport {
  /** Its row in the shared memory. */
  thread: number;
  /** The task that it runs; `undefined` for none. */
  task: string | undefined;
  /** For how long its event loop has not been seen to turn, in ms: a task that does not yield keeps it busy. */
  silentMs: number;
  /** How long its answer took, in ms, and what it says of itself; `undefined` when none has come in time. */
  answerMs: number | undefined;
  stats: ThreadStats | undefined;
}

interface Link {
  channel: Promise<ControlChannel<WorkerSide>>;
  pulse: number;
  /** When its pulse was last seen to have moved, in thread time. */
  movedMs: number;
  /** Whether chaos may strike it, as far as it was told. */
  struck: boolean;
}

const LOOK_MS = 250;
const TELL_MS = 1_000;
/** What an answer may take beyond the work that is asked for, in ms. */
const ANSWER_MS = 250;

const nothing = () => undefined;

export class ThreadControls {
  readonly #manager: ManagerSide;
  readonly #links = new Map<Lane, Link>();
  readonly #look = callbackTimer((nowMs) => this.#lookAround(nowMs));
  #chaos = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(manager: ManagerSide) {
    this.#manager = manager;
  }

  joined(lane: Lane): void {
    // Loaded with the first thread: most programs have none.
    const channel = Promise.all([lane.control, import('../work/control-channel.ts')]).then(
      ([port, { ControlChannel }]) =>
        new ControlChannel<WorkerSide>(port, this.#manager, `worker ${lane.plane.row}`),
    );
    // Whoever asks is told what went wrong with it.
    channel.catch(nothing);
    this.#links.set(lane, { channel, pulse: lane.pulse, movedMs: threadNow(), struck: false });
    if (this.#links.size === 1) this.#lookAround(threadNow());
    if (this.#chaos) this.#spread();
  }

  left(lane: Lane): void {
    const link = this.#links.get(lane);
    this.#links.delete(lane);
    const gone = new WorkerLostError({ reason: 'it is gone' });
    void link?.channel.then((channel) => channel.close(gone), nothing);
    if (this.#chaos) this.#spread();
  }

  /** Each thread's report. Waits for their answers, but for `withinMs` at most. */
  async reports(withinMs: number): Promise<ThreadReport[]> {
    return await Promise.all(
      [...this.#links].map(async ([lane, link]) => {
        const askedMs = threadNow();
        const [answerMs, stats] = await Promise.all([
          this.#ask(lane, link, 'ping', [], withinMs).then(() => threadNow() - askedMs, nothing),
          this.#ask(lane, link, 'stats', [], withinMs).catch(nothing),
        ]);
        const nowMs = threadNow();
        this.#see(lane, link, nowMs);
        return {
          thread: lane.plane.row,
          task: lane.running?.kind.name,
          silentMs: nowMs - link.movedMs,
          answerMs,
          stats,
        };
      }),
    );
  }

  /** Lets calls end that tasks have left behind on their threads, for `drainMs` at most. */
  async drain(drainMs: number): Promise<void> {
    const asked = [...this.#links].map(([lane, link]) =>
      this.#ask(lane, link, 'drain', [drainMs], drainMs + ANSWER_MS),
    );
    await Promise.allSettled(asked);
  }

  /** Lets chaos strike threads, or none any more. One is always spared. */
  chaos(on: boolean): void {
    if (this.#chaos === on) return;
    this.#chaos = on;
    this.#spread();
  }

  #spread(): void {
    this.#telling = this.#telling.then(() => this.#spreadNow());
  }

  // The spared one is told first: at no moment may all be struck.
  async #spreadNow(): Promise<void> {
    const links = [...this.#links];
    const spared = links.find(([, { struck }]) => !struck) ?? links[0];
    if (spared !== undefined) await this.#tell(...spared, false);
    await Promise.all(
      links.filter((each) => each !== spared).map(([lane, link]) => this.#tell(lane, link, this.#chaos)),
    );
  }

  async #tell(lane: Lane, link: Link, struck: boolean): Promise<void> {
    if (link.struck === struck) return;
    if (struck) link.struck = true;
    await this.#ask(lane, link, 'chaos', [struck], TELL_MS).then(
      () => {
        link.struck = struck;
      },
      () => {},
    );
  }

  #ask<Name extends keyof WorkerSide>(
    { plane }: Lane,
    { channel }: Link,
    name: Name,
    words: Parameters<WorkerSide[Name]>,
    timeoutMs: number,
  ): Promise<Said<WorkerSide[Name]>> {
    const deadline = {
      clock: systemClock,
      timeoutMs,
      scope: 'answer' as const,
      name: `worker ${plane.row}`,
    };
    // The port itself may never come.
    return withDeadline(deadline, async () => (await channel).ask(name, words, timeoutMs));
  }

  #lookAround(nowMs: number): void {
    for (const [lane, link] of this.#links) this.#see(lane, link, nowMs);
    const timers = backgroundTimersOf(systemClock);
    if (this.#links.size > 0) timers.arm(this.#look, nowMs + LOOK_MS);
  }

  #see({ pulse }: Lane, link: Link, nowMs: number): void {
    if (pulse === link.pulse) return;
    link.pulse = pulse;
    link.movedMs = nowMs;
  }
}
