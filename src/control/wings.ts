// What stands above the runtime and is handed to it: so that it need not look up.

import type { Clock } from '../base/clock.ts';
import type { Holdfast } from './holdfast.ts';

export interface AdminOptions {
  /** 0 for any that is free. */
  port: number;
  /** The address to listen on; `127.0.0.1` by default. */
  host?: string;
  /** What may change things and, off loopback, what may read: sent as `Authorization: Bearer`. */
  token?: string;
  /** Whether chaos may be switched on from outside; false by default. */
  allowChaos?: boolean;
  /** Names by which clients may address the server besides its own; for one behind a name of its own. */
  allowedHosts?: readonly string[];
}

/** A server that is listening. */
export interface AdminServer {
  /** `http://127.0.0.1:9090` */
  readonly url: string;
  /**
   * Ends it: streams at once, requests under way after `drainMs` at most, at once by default. A second call does
   * nothing.
   */
  close(options?: { drainMs?: number }): Promise<void>;
}

export interface Wings {
  admin(holdfast: Holdfast, options: AdminOptions, clock: Clock): Promise<AdminServer>;
}
