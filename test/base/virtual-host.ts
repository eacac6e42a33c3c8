import type { Alarm, Host } from '../../src/base/thread-host.ts';

interface VirtualAlarm extends Alarm {
  readonly run: () => void;
  readonly atMs: number;
  /** Whether it would keep a process alive. */
  held: boolean;
}

/**
 * A thread without a machine: time moves when it is told to, alarms go off by the given error early or late, and
 * what a test wants to know is counted.
 */
export class VirtualHost implements Host {
  nowMs: number;
  /** The error of the next alarm, in ms. */
  readonly errorMs: () => number;
  alarmsSet = 0;
  #alarm: VirtualAlarm | undefined;
  #turns: (() => void)[] = [];

  constructor(startMs = 0, errorMs: () => number = () => 0) {
    this.nowMs = startMs;
    this.errorMs = errorMs;
  }

  now(): number {
    return this.nowMs;
  }

  setAlarm(run: () => void, delayMs: number): Alarm {
    if (!(Number.isInteger(delayMs) && delayMs >= 1 && delayMs <= 2 ** 31 - 1)) {
      throw new RangeError(`no real timer waits ${delayMs} ms`);
    }
    if (this.#alarm !== undefined) throw new Error('a second real timer was set');
    this.alarmsSet++;
    const alarm: VirtualAlarm = {
      run,
      atMs: this.nowMs + delayMs + this.errorMs(),
      held: true,
      ref: () => {
        alarm.held = true;
      },
      unref: () => {
        alarm.held = false;
      },
    };
    this.#alarm = alarm;
    return alarm;
  }

  clearAlarm(alarm: Alarm): void {
    if (this.#alarm === alarm) this.#alarm = undefined;
  }

  nextTurn(run: () => void): void {
    this.#turns.push(run);
  }

  /** How many wait for the next turn. */
  get turnsPlanned(): number {
    return this.#turns.length;
  }

  /** Whether a process would stay alive for the alarm. */
  get held(): boolean {
    return this.#alarm?.held === true;
  }

  /** When the alarm goes off, or never. */
  get wakeMs(): number {
    return this.#alarm?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The event loop comes round once. */
  turn(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const run of turns) run();
  }

  /** Time passes, with a turn of the event loop and the alarm at each of its times. */
  runUntil(ms: number): void {
    this.turn();
    while (this.wakeMs <= ms) {
      const alarm = this.#alarm as VirtualAlarm;
      this.#alarm = undefined;
      this.nowMs = Math.max(this.nowMs, alarm.atMs);
      alarm.run();
      this.turn();
    }
    this.nowMs = Math.max(this.nowMs, ms);
  }
}
