/**
 * Who may ask for what.
 *
 * A browser can be led to ask by any page its user visits, so a request counts
 * only when it names a host that is the server's own (a page of another origin
 * cannot fake that), and changes are made only for whoever holds the token. No
 * answer allows another origin to read it.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { AdminSettings } from './admin-options.ts';

/** What a request needs: probes are for anybody, reading for this machine or the token, changes for the token. */
export type Need = 'probe' | 'read' | 'change';

/** Why a request is refused. */
export interface Denial {
  status: 401 | 403 | 421;
  error: string;
}

export class Guard {
  readonly #settings: AdminSettings;
  readonly #token: Buffer | undefined;

  constructor(settings: AdminSettings) {
    this.#settings = settings;
    this.#token = settings.token === undefined ? undefined : digest(settings.token);
  }

  /** `undefined` when the request may go on. */
  check(need: Need, headers: Headers): Denial | undefined {
    if (need === 'probe') return undefined;
    if (!this.#knows(headers.get('host'))) {
      return { status: 421, error: 'the Host header names a host that this server is not known by' };
    }
    if (need === 'read' && this.#settings.loopback) return undefined;
    if (this.#token === undefined) {
      return { status: 403, error: 'nothing can be changed here: the server has no token' };
    }
    if (this.#holds(headers.get('authorization'))) return undefined;
    return { status: 401, error: 'a token is needed: Authorization: Bearer <token>' };
  }

  #knows(header: string | null): boolean {
    const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(:\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase();
    if (name === undefined) return false;
    // An address is not a name: no name server can be made to lie about it.
    return (
      this.#settings.hosts.has(name) || (!this.#settings.loopback && isIP(name.replace(/^\[|\]$/g, '')) !== 0)
    );
  }

  // Digests are of one length whatever is sent, so comparing takes one time.
  #holds(header: string | null): boolean {
    const given = /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? '')?.[1];
    return given !== undefined && this.#token !== undefined && timingSafeEqual(digest(given), this.#token);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
