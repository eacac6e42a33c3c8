// The servers of a runtime: whoever has started one closes it, and a stop closes those that are left.

import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import type { AdminServer } from './wings.ts';

export class Servers {
  readonly #clock: Clock;
  readonly #open = new Set<AdminServer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a server until it is closed. */
  add(server: AdminServer): AdminServer {
    const kept: AdminServer = {
      url: server.url,
      close: (options) => {
        this.#open.delete(kept);
        return server.close(options);
      },
    };
    this.#open.add(kept);
    return kept;
  }

  /**
   * Does something and closes the servers that there were before, whatever comes of it: they go on answering until
   * it is done, and requests under way then have what is left of `drainMs`.
   */
  async closeAfter(drainMs: number, first: () => Promise<void>): Promise<void> {
    const servers = [...this.#open];
    const time = guardClock(this.#clock);
    const untilMs = time.now() + drainMs;
    try {
      await first();
    } finally {
      const leftMs = Math.max(0, untilMs - time.now());
      await Promise.all(servers.map((server) => server.close({ drainMs: leftMs })));
    }
  }
}
