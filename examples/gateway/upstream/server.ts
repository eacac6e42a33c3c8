// The upstream: a process of its own that answers, and fails when it is told to.
//
//   POST /-/faults/slow   from now on each answer takes a second
//   GET  /-/alive         says that it lives, whatever its faults
//   anything else         { path, served, pid }

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { type Fault, isFault } from './faults.ts';

const SLOW_MS = 1_000;

let fault: Fault = 'none';
let served = 0;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  const asked = /^\/-\/faults\/(\w+)$/.exec(path)?.[1];
  if (path === '/-/alive') return send(response, 200, { fault });
  if (asked !== undefined) {
    if (request.method !== 'POST' || !isFault(asked)) return send(response, 404, { error: 'no such fault' });
    fault = asked;
    return send(response, 200, { fault });
  }
  request.resume();
  if (fault === 'hanging') return;
  if (fault === 'resetting') return void request.socket.destroy();
  if (fault === 'failing') return send(response, 500, { error: 'failing on purpose' });
  const well = () => send(response, 200, { path, served: ++served, pid: process.pid });
  if (fault === 'slow') setTimeout(well, SLOW_MS);
  else well();
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

const server = createServer(answer);
server.keepAliveTimeout = 60_000;
// Ctrl-C in a terminal reaches it too: it goes on until the gateway has ended what it has under way.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
server.on('error', (error) => {
  process.send?.({ error: error.message });
  process.exitCode = 1;
});
