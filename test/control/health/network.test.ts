import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, it } from 'node:test';
import type { HealthCheck } from '../../../src/control/health/check.ts';
import { http } from '../../../src/control/health/http.ts';
import { tcp } from '../../../src/control/health/tcp.ts';
import { createHoldfast } from '../../../src/control/holdfast.ts';
import { SMALL } from '../given.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function ask(check: HealthCheck, timeoutMs = 5_000) {
  const holdfast = createHoldfast({ memory: SMALL, health: { builtIn: false, timeoutMs } });
  holdfast.health.add(check);
  return (await holdfast.health.checkNow()).checks[0];
}

describe('a tcp check', () => {
  it('is well while somebody listens', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    const port = await listening(server);
    assert.equal((await ask(tcp('database', { host: '127.0.0.1', port }))).state, 'up');
    await new Promise((resolve) => server.close(resolve));
    const gone = await ask(tcp('database', { host: '127.0.0.1', port }));
    assert.equal(gone.state, 'down');
    assert.match(String(gone.lastError), /ECONNREFUSED|refused/i);
  });

  it('is given a port that can be', () => {
    assert.throws(() => tcp('database', { host: 'db', port: 0 }), /tcp\(database\).port/);
  });
});

describe('an http check', () => {
  it('is well when the answer is as expected', async () => {
    const server = createHttpServer((request, response) => {
      response.statusCode = request.url === '/busy' ? 503 : 200;
      response.end('{"ready":true}');
    });
    const url = `http://127.0.0.1:${await listening(server)}`;
    const states = await Promise.all([
      ask(http('api', { url })),
      ask(http('api', { url: `${url}/busy` })),
      ask(http('api', { url: `${url}/busy`, expect: 503 })),
      ask(
        http('api', {
          url,
          expect: async (response) => ((await response.json()) as { ready: boolean }).ready,
        }),
      ),
      ask(http('api', { url, expect: () => false })),
    ]);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['up', 'down', 'up', 'up', 'down'],
    );
    assert.match(String(states[1].lastError), /status 503/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is down when no answer comes in time', async () => {
    const server = createHttpServer(() => {});
    const url = `http://127.0.0.1:${await listening(server)}`;
    const hung = await ask(http('api', { url }), 50);
    assert.equal(hung.state, 'down');
    assert.match(String(hung.lastError), /longer than 50 ms/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is given an address of the web', () => {
    assert.throws(() => http('api', { url: 'file:///etc/passwd' }), /http\(api\).url/);
  });
});
