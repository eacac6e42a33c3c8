import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { serveAdmin } from '../../src/admin/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createHoldfast } from '../../src/create-holdfast.ts';
import { SMALL } from '../control/given.ts';
import { TOKEN } from './given.ts';

/** A server that has little patience. */
async function hasty() {
  const holdfast = createHoldfast({ memory: SMALL, health: { builtIn: false }, policies: { send: {} } });
  const patience = { headersMs: 300, requestMs: 600, lookMs: 50 };
  const server = await serveAdmin(holdfast as never, { port: 0, token: TOKEN }, systemClock, patience);
  return { server, port: Number(new URL(server.url).port) };
}

/** Sends a text byte by byte for ever; resolves to how long the server bore with it, in ms. */
async function drip(port: number, first: string, byte: string): Promise<number> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  const beganMs = performance.now();
  socket.write(first);
  const more = setInterval(() => socket.write(byte), 20);
  await closed(socket);
  clearInterval(more);
  return performance.now() - beganMs;
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

const START = 'POST /chaos HTTP/1.1\r\nhost: localhost\r\n';
const BODY = `${START}authorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n`;

describe('a client', () => {
  it('that sends its headers byte by byte is cut, and so is one that sends its body so', async () => {
    const { server, port } = await hasty();
    const clients = [
      ...Array.from({ length: 20 }, () => drip(port, `${START}x-slow: `, 'y')),
      ...Array.from({ length: 20 }, () => drip(port, BODY, ' ')),
    ];
    // Meanwhile others are served.
    assert.equal((await fetch(`${server.url}/health/live`)).status, 200);
    const bornMs = await Promise.all(clients);
    // A body is given more time than headers, and nobody is cut at once.
    const [headersMs, bodyMs] = [bornMs.slice(0, 20), bornMs.slice(20)].map((times) => Math.max(...times));
    assert.ok(headersMs > 100 && bodyMs > headersMs, `${headersMs} and ${bodyMs} ms`);
    await server.close();
  });

  it('that says nothing at all is cut', async () => {
    const { server, port } = await hasty();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    await closed(socket);
    await server.close();
  });
});
