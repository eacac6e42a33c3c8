import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { raw, serving, TOKEN } from './given.ts';

async function connected(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.resume();
  socket.write(text);
  return socket;
}

// `once` of node:events would reject for a connection that is reset, which is as good an end.
const ended = (socket: Socket) =>
  socket.closed ? undefined : new Promise<void>((resolve) => socket.once('close', () => resolve()));

describe('a stop of the runtime', () => {
  it('closes its admin servers: streams end, idle connections are cut, nobody is let in any more', async () => {
    const { holdfast, ask, port } = await serving();
    await holdfast.start();
    const second = await holdfast.admin({ port: 0 });
    const stream = (await ask('/events')).body?.getReader();
    await stream?.read();
    const idle = await connected(port, 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(idle, 'data');
    await holdfast.stop({ drainMs: 20_000 });
    let last = await stream?.read();
    while (last?.done === false) last = await stream?.read();
    assert.equal(last?.done, true);
    await ended(idle);
    await assert.rejects(raw(port, 'GET / HTTP/1.1\r\n\r\n'), { code: 'ECONNREFUSED' });
    await assert.rejects(fetch(second.url));
  });

  it('says until then that the service is not ready', async () => {
    const { holdfast, ask } = await serving({ policies: { send: {} } });
    await holdfast.start();
    let end = () => {};
    const call = holdfast.policy('send').execute(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const stopped = holdfast.stop({ drainMs: 20_000 });
    const answer = await ask('/health/ready');
    assert.deepEqual(
      [holdfast.state, answer.status, await answer.json()],
      ['draining', 503, { ready: false }],
    );
    end();
    await call;
    await stopped;
  });

  it('lets a request under way come to its end', async () => {
    const { holdfast, port } = await serving({ policies: { send: {} } }, { token: TOKEN });
    await holdfast.start();
    const body = '{"timeout":{}}';
    const head = `PATCH /policies/nothing HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    const socket = await connected(port, head);
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    // The server has begun with it: it holds one connection that is not idle.
    await raw(port, 'GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    const stopped = holdfast.stop({ drainMs: 20_000 });
    socket.write(body);
    await stopped;
    await ended(socket);
    assert.match(answer, /^HTTP\/1\.1 404/);
  });

  it('cuts one that goes on beyond the deadline', async () => {
    const { holdfast, port } = await serving({}, { token: TOKEN });
    await holdfast.start();
    const head = `POST /chaos HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{`;
    const socket = await connected(port, head);
    await raw(port, 'GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    await holdfast.stop({ drainMs: 50 });
    await ended(socket);
    assert.equal(holdfast.state, 'stopped');
  });

  it('leaves a server alone that its owner has closed, and closes one that came after an earlier stop', async () => {
    const { holdfast, server } = await serving();
    await holdfast.start();
    await server.close();
    await server.close();
    await holdfast.stop();
    const later = await holdfast.admin({ port: 0 });
    assert.equal((await fetch(`${later.url}/health/live`)).status, 200);
    await holdfast.stop();
    await assert.rejects(fetch(later.url));
  });
});
