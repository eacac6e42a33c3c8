// Listening. The only file that knows the server: node's own, which Bun and Deno have too.

import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../base/clock.ts';
import { OptionsError } from '../base/errors.ts';
import type { Holdfast } from '../control/holdfast.ts';
import type { AdminOptions, AdminServer } from '../control/wings.ts';
import { readAdminOptions } from './admin-options.ts';
import { adminApp } from './routes.ts';

/** A client has this long to send its headers, and its whole request, in ms. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 15_000;

/** Starts a server. Throws an `OptionsError`, for an address that cannot be had too. */
export async function serveAdmin(
  holdfast: Holdfast,
  options: AdminOptions,
  clock: Clock,
): Promise<AdminServer> {
  const settings = readAdminOptions(options);
  const app = adminApp(holdfast, settings, clock);
  const listener = getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false });
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.keepAliveTimeout = 5_000;
  // Whatever a connection does wrong ends that connection.
  server.on('clientError', (_error, socket) => socket.destroy());
  await listen(server, settings.host, settings.port);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    close() {
      closed ??= new Promise<void>((resolve) => {
        app.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
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
          received: `${host}:${port}: ${cause.message}`,
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
