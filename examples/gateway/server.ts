// The gateway's HTTP server: what it holds back before it looks at the path, and how it ends.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpError } from './http-error.ts';
import { complaintOf, seconds } from './refusals.ts';
import { complaint, json, type Reply, send } from './reply.ts';
import { route, type Services } from './routes.ts';

const STOP_MS = 5_000;

export interface GatewayServer {
  readonly url: string;
  listen(): Promise<void>;
  /** Takes no more connections; ends those that are idle, and the others as soon as they have their answer. */
  close(): Promise<void>;
}

export function gatewayServer(services: Services): GatewayServer {
  const { holdfast, settings } = services;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (holdfast.state !== 'running') response.setHeader('connection', 'close');
    void answered(services, request, response);
  };
  // A new one for each start: a server that was closed is not opened again.
  let server: Server | undefined;
  let port = settings.port;

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    async listen() {
      const opened = createServer({ requestTimeout: 30_000, keepAliveTimeout: 10_000 }, answer);
      // Who asks first whether a body is welcome is not invited to send one that is too large.
      opened.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
        if (Number(request.headers['content-length'] ?? 0) <= settings.maxBodyBytes) response.writeContinue();
        answer(request, response);
      });
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject);
        opened.listen(port, '127.0.0.1', resolve);
      });
      port = (opened.address() as AddressInfo).port;
      server = opened;
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = new Promise((resolve) => closing.close(resolve));
      closing.closeIdleConnections();
      const force = setTimeout(() => closing.closeAllConnections(), STOP_MS);
      await closed;
      clearTimeout(force);
    },
  };
}

async function answered(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new HttpError(499, 'the client has gone'));
  });
  let reply: Reply;
  try {
    reply = held(services, request) ?? (await route(services, request, gone.signal));
  } catch (error) {
    reply = complaint(complaintOf(error));
  }
  if (!gone.signal.aborted) send(response, reply);
}

/** The answer for a client that has had its share. */
function held({ holdfast, settings }: Services, request: IncomingMessage): Reply | undefined {
  if (!settings.protect) return undefined;
  const permit = holdfast.policy('clients').tryAcquire({ key: clientOf(request) });
  if (permit.ok) {
    permit.settle('success');
    return undefined;
  }
  const headers = { 'retry-after': String(seconds(permit.retryAfterMs)) };
  const status = permit.strategy === 'rateLimiter' ? 429 : 503;
  return json(status, { code: status === 429 ? 'HF_RATE_LIMITED' : 'HF_DRAINING' }, headers);
}

/** A client is its API key, which a real service checks before; without one, its address. */
function clientOf(request: IncomingMessage): string {
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? `key:${key}` : `at:${request.socket.remoteAddress}`;
}
