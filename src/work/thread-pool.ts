// The threads, which Piscina makes, owns and ends. The only file that knows Piscina.
//
// Piscina's own way to hand over a task costs a round trip each. Here a thread is given one task by Piscina, which
// opens a port for everything else and returns, so Piscina counts the thread as idle and keeps no process alive
// for it. A balancer that offers each thread only once makes Piscina start a new one for each such task.

import { MessageChannel, type MessagePort, type Transferable, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { fromWire } from '../base/error-wire.ts';
import { threadHost } from '../base/thread-host.ts';
import type { LaneReady, LaneStart } from './messages.ts';
import type { ControlOffer } from './worker-control.ts';
import type { ResourceLimits } from './worker-options.ts';

/** A thread that listens on its port. */
export interface PoolThread {
  readonly port: MessagePort;
  /** The manager's end of its control channel; it arrives by a way of its own. */
  readonly control: Promise<MessagePort>;
  /** Names of its tasks. */
  readonly names: readonly string[];
  /** Ends it, whatever it does. Some runtimes cannot end one that is busy. */
  terminate(): void;
  /** Calls the listener once when the thread is seen to have died, with the error if there was one. */
  onDeath(listener: (code: number, error: unknown) => void): void;
}

export class ThreadPool {
  readonly #piscina: Piscina;
  readonly #given = new Set<number>();
  /** Control ports by thread: those that came, and who waits for one. */
  readonly #controls = new Map<number, MessagePort>();
  readonly #awaited = new Map<number, (control: MessagePort) => void>();

  constructor(entry: URL, resourceLimits: ResourceLimits | undefined) {
    this.#piscina = new Piscina({
      filename: entry.href,
      name: 'lane',
      minThreads: 0,
      maxThreads: 4096,
      idleTimeout: Number.POSITIVE_INFINITY,
      // An idle thread must hear its timers and its port.
      atomics: 'disabled',
      recordTiming: false,
      ...(resourceLimits && { resourceLimits }),
      loadBalancer: (_task, threads) => {
        const fresh = threads.find(({ id, destroyed }) => !destroyed && !this.#given.has(id));
        if (fresh !== undefined) this.#given.add(fresh.id);
        return fresh ?? null;
      },
    });
    // Every death is heard of through its own thread; without a listener it would end the process.
    this.#piscina.on('error', () => {});
    this.#piscina.on('message', (message: ControlOffer | undefined) => {
      if (message?.kind === 'holdfast.control') this.#offered(message);
    });
  }

  /**
   * Starts a thread. Rejects with what kept it from being ready: the error that it reported, or what it died of.
   * An abort ends it.
   */
  async start(start: Omit<LaneStart, 'port'>, signal: AbortSignal): Promise<PoolThread> {
    const { port1, port2 } = new MessageChannel();
    try {
      const transferList = [port2 as Transferable as never];
      const ready = (await this.#piscina.run(
        { ...start, port: port2 },
        { transferList, signal },
      )) as LaneReady;
      const worker = this.#piscina.threads.find(({ threadId }) => threadId === ready.threadId);
      if ('failed' in ready) {
        void worker?.terminate();
        throw fromWire(ready.failed);
      }
      if (worker === undefined) throw new Error('its thread ended at once');
      return this.#thread(worker, port1, ready);
    } catch (error) {
      port1.close();
      throw error;
    }
  }

  /** Ends what is left. */
  async destroy(): Promise<void> {
    await this.#piscina.destroy();
  }

  #offered({ threadId, port }: ControlOffer): void {
    const tell = this.#awaited.get(threadId);
    if (tell === undefined) this.#controls.set(threadId, port as MessagePort);
    else tell(port as MessagePort);
    this.#awaited.delete(threadId);
  }

  #controlOf(threadId: number): Promise<MessagePort> {
    const control = this.#controls.get(threadId);
    this.#controls.delete(threadId);
    if (control !== undefined) return Promise.resolve(control);
    return new Promise((resolve) => this.#awaited.set(threadId, resolve));
  }

  #thread(
    worker: Worker,
    port: MessagePort,
    { threadId, names }: { threadId: number; names: string[] },
  ): PoolThread {
    let died = false;
    let seen: unknown;
    const listeners: ((code: number, error: unknown) => void)[] = [];
    worker.once('error', (error) => {
      seen = error;
    });
    worker.once('exit', (code) => {
      this.#given.delete(threadId);
      this.#controls.delete(threadId);
      this.#awaited.delete(threadId);
      // On some runtimes the error comes a moment after the exit.
      threadHost.nextTurn(() => {
        died = true;
        for (const listener of listeners) listener(code, seen);
      });
    });
    return {
      port,
      control: this.#controlOf(threadId),
      names,
      terminate: () => void worker.terminate(),
      onDeath: (listener) => {
        if (!died) listeners.push(listener);
      },
    };
  }
}
