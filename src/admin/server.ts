// Listening. The only file that knows the server: node's own, which Bun and Deno have too.

import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { OptionsError } from '../base/errors.ts';
import { threadHost } from '../base/thread-host.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import type { Holdfast } from '../control/holdfast.ts';
import type { AdminOptions, AdminServer } from '../control/wings.ts';
import { readAdminOptions } from './admin-options.ts';
import { adminApp } from './routes.ts';

/** How patient the server is, in ms. */
export interface Patience {
  /** A client has this long to send its headers, and its whole request. */
  headersMs: number;
  requestMs: number;
  /** How often that is looked at. */
  lookMs: number;
}

/** A host's name is somebody's text, and may be of any length. */
const MOST_SAID = 300;

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 15_000, lookMs: 1_000 };

/** Starts a server. Throws an `OptionsError`, for an address that cannot be had too. */
export async function serveAdmin(
  holdfast: Holdfast,
  options: AdminOptions,
  clock: Clock,
  { headersMs, requestMs, lookMs }: Patience = PATIENCE,
): Promise<AdminServer> {
  const settings = readAdminOptions(options);
  const app = adminApp(holdfast, settings, clock);
  const listener = getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false });
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookMs,
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.keepAliveTimeout = 5_000;
  // Whatever a connection does wrong ends that connection.
  server.on('clientError', (_error, socket) => socket.destroy());
  const close = closing(server, clock);
  await listen(server, settings.host, settings.port);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    close({ drainMs = 0 } = {}) {
      app.close();
      return close(drainMs);
    },
  };
}

/** What ends a server: no new connections, idle ones cut, the others when they are answered or their time is over. */
function closing(server: Server, clock: Clock): (drainMs: number) => Promise<void> {
  let closed: Promise<void> | undefined;
  const cutIdle = () => void (closed && server.closeIdleConnections());
  server.on('request', (_request, response) => response.once('close', () => threadHost.nextTurn(cutIdle)));
  return (drainMs) => {
    closed ??= new Promise<void>((resolve) => {
      const timers = timersOf(clock);
      const late = callbackTimer(() => server.closeAllConnections());
      server.close(() => {
        timers.disarm(late);
        resolve();
      });
      if (drainMs > 0) {
        timers.arm(late, guardClock(clock).now() + drainMs);
        server.closeIdleConnections();
      } else server.closeAllConnections();
    });
    return closed;
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) => {
      const expected = 'an address that is free and this machine’s own';
      reject(
        new OptionsError({
          path: 'admin.port',
          expected,
          received: `${host}:${port}: ${cause.message}`.slice(0, MOST_SAID),
          cause,
        }),
      );
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      server.on('error', () => {});
      resolve();
    });
  });
}
