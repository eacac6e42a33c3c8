/**
 * The control channel between the manager and one worker, the same at both ends. The only file that knows Comlink.
 *
 * It carries what is asked rarely and never what a call waits for. A question to a thread that is dead, or that
 * does not look up, would stay open for ever: each has a deadline. Errors arrive whole, as those of tasks do.
 */

import type { MessagePort } from 'node:worker_threads';
import { type Endpoint, expose, type Remote, wrap } from 'comlink';
import { systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { fromWire, toWire } from '../base/error-wire.ts';

type Answer = { ok: true; value: unknown } | { ok: false; error: unknown };
type Asked = (...words: unknown[]) => unknown;
type Answering = Record<string, (...words: unknown[]) => Promise<Answer>>;

/** What one side answers to. */
export type Side<Own> = { [Name in keyof Own]: (...words: never[]) => unknown };

/** What an answer says. */
export type Said<Asked> = Asked extends (...words: never[]) => infer Value ? Awaited<Value> : never;

/** One end: asks the other side, which is a `Far`. Belongs to its thread. */
export class ControlChannel<Far extends Side<Far>> {
  readonly #port: MessagePort;
  readonly #who: string;
  readonly #far: Remote<Answering>;
  readonly #open = new Set<(reason: unknown) => void>();
  #closed: unknown;

  /** `near` answers the other side; `who` is on the other side, for errors. Keeps no process alive. */
  constructor(port: MessagePort, near: Side<object>, who: string) {
    this.#port = port;
    this.#who = who;
    // The way of the web: on some runtimes a port that came from a worker knows no other.
    const endpoint = port as unknown as Endpoint;
    expose(answering(near), endpoint);
    this.#far = wrap<Answering>(endpoint);
    port.unref();
  }

  /**
   * Asks the other side. Rejects with what it threw, with a `TimeoutError` when no answer has come after
   * `timeoutMs`, and with the reason when the channel is closed meanwhile.
   */
  async ask<Name extends keyof Far & string>(
    name: Name,
    words: Parameters<Far[Name]>,
    timeoutMs: number,
  ): Promise<Said<Far[Name]>> {
    if (this.#closed !== undefined) throw this.#closed;
    const deadline = { clock: systemClock, timeoutMs, scope: 'answer' as const, name: this.#who };
    let leave = (_reason: unknown) => {};
    try {
      const answer = await withDeadline(
        deadline,
        () =>
          new Promise<Answer>((resolve, reject) => {
            leave = reject;
            this.#open.add(leave);
            this.#far[name](...words).then(resolve as (answer: unknown) => void, reject);
          }),
      );
      if (answer.ok) return answer.value as Said<Far[Name]>;
      throw fromWire(answer.error);
    } finally {
      this.#open.delete(leave);
    }
  }

  /** Ends it; questions that are open are answered with the reason. */
  close(reason: unknown): void {
    this.#closed ??= reason;
    for (const leave of this.#open) leave(reason);
    this.#port.close();
  }
}

/** Nothing but the side's own functions can be reached, and they never throw across. */
function answering(side: Side<object>): Answering {
  const answers: Answering = Object.create(null);
  for (const [name, answer] of Object.entries(side as Record<string, Asked>)) {
    answers[name] = async (...words) => {
      try {
        return { ok: true, value: await answer(...words) };
      } catch (error) {
        return { ok: false, error: toWire(error) };
      }
    };
  }
  return Object.freeze(answers);
}
