// A runtime with an admin server that is really listening, and ways to ask it.

import { connect } from 'node:net';
import type { HoldfastOptions } from '../../src/control/runtime-options.ts';
import type { AdminOptions } from '../../src/control/wings.ts';
import { createHoldfast } from '../../src/create-holdfast.ts';
import { SMALL } from '../control/given.ts';

export const TOKEN = 'a-token-for-tests';

export async function serving(options: HoldfastOptions = {}, admin: Partial<AdminOptions> = {}) {
  const holdfast = createHoldfast({ memory: SMALL, health: { builtIn: false }, ...options });
  const server = await holdfast.admin({ port: 0, ...admin });
  const port = Number(new URL(server.url).port);
  const base = `http://127.0.0.1:${port}`;
  const ask = (path: string, init: RequestInit = {}) => fetch(`${base}${path}`, init);
  return {
    holdfast,
    server,
    port,
    ask,
    /** Sends JSON, with the token unless told otherwise. */
    send: (method: string, path: string, body: unknown, token: string | undefined = TOKEN) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (token !== undefined && token !== '') headers.authorization = `Bearer ${token}`;
      return ask(path, { method, headers, body: JSON.stringify(body) });
    },
    end: async () => {
      await server.close();
      await holdfast.stop({ drainMs: 0 });
    },
  };
}

/** Sends text over a bare connection; everything that comes back until the other side closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}

/** A GET with headers that `fetch` does not let one set. */
export async function rawGet(port: number, path: string, headers: Record<string, string>): Promise<number> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = await raw(port, `GET ${path} HTTP/1.1\r\n${lines.join('')}connection: close\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}
