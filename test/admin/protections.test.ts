import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { raw, rawGet, serving, TOKEN } from './given.ts';

const READS = ['/metrics', '/health', '/policies', '/policies/send', '/threads', '/'];
const CHANGES = [
  ['POST', '/policies/send/circuit-breaker', { action: 'open' }],
  ['PATCH', '/policies/send', { circuitBreaker: { openMs: 1 } }],
  ['POST', '/chaos', { forMs: 1_000 }],
] as const;
const policies = { send: { circuitBreaker: { consecutiveFailures: 5 }, chaos: { error: { rate: 1 } } } };

describe('a change', () => {
  it('is refused to all when there is no token', async () => {
    const { holdfast, send, end } = await serving({ policies }, { allowChaos: true });
    for (const [method, path, body] of CHANGES)
      assert.equal((await send(method, path, body)).status, 403, path);
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'closed');
    await end();
  });

  it('is refused without the token, with another one, and with one in the URL', async () => {
    const { holdfast, send, end } = await serving({ policies }, { token: TOKEN, allowChaos: true });
    for (const [method, path, body] of CHANGES) {
      assert.equal((await send(method, path, body, '')).status, 401, path);
      assert.equal((await send(method, path, body, `${TOKEN}x`)).status, 401, path);
      assert.equal((await send(method, path, body, TOKEN.slice(1))).status, 401, path);
      assert.equal(
        (await send(method, `${path}?token=${TOKEN}&access_token=${TOKEN}`, body, '')).status,
        401,
        path,
      );
      assert.equal((await send(method, path, body)).status, 200, path);
    }
    assert.equal(holdfast.policy('send').circuitBreaker?.state, 'open');
    await end();
  });

  it('is made by JSON of at most 64 KB', async () => {
    const { ask, send, end } = await serving({ policies }, { token: TOKEN });
    const path = '/policies/send/circuit-breaker';
    const authorization = `Bearer ${TOKEN}`;
    const post = async (body: string, type: string) =>
      (await ask(path, { method: 'POST', headers: { authorization, 'content-type': type }, body })).status;
    assert.equal(await post('{"action":"open"}', 'text/plain'), 400);
    assert.equal(await post('{"action"', 'application/json'), 400);
    assert.equal(await post('', 'application/json'), 400);
    assert.equal((await send('POST', path, { action: 'open', pad: 'x'.repeat(70_000) })).status, 413);
    assert.equal(await post('{"action":"open"}', 'application/json; charset=utf-8'), 200);
    await end();
  });
});

describe('off loopback', () => {
  it('a token must be there', async () => {
    const { holdfast, end } = await serving();
    await assert.rejects(holdfast.admin({ port: 0, host: '0.0.0.0' }), /admin.token.*0\.0\.0\.0/);
    await end();
  });

  it('reading needs it, but for liveness and readiness', async () => {
    const { holdfast, ask, port, end } = await serving({ policies }, { host: '0.0.0.0', token: TOKEN });
    await holdfast.start();
    for (const path of [...READS, '/events']) assert.equal((await ask(path)).status, 401, path);
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (const path of READS) assert.notEqual((await ask(path, { headers })).status, 401, path);
    for (const path of ['/health/live', '/health/ready']) assert.equal((await ask(path)).status, 200, path);
    assert.equal(await rawGet(port, '/health/live', { host: 'whatever.example' }), 200);
    await end();
  });

  it('an address serves as a host, another name does not', async () => {
    const options = { host: '0.0.0.0', token: TOKEN, allowedHosts: ['holdfast.internal'] };
    const { port, end } = await serving({ policies }, options);
    const authorization = `Bearer ${TOKEN}`;
    assert.equal(await rawGet(port, '/policies', { host: '10.1.2.3:9090', authorization }), 200);
    assert.equal(await rawGet(port, '/policies', { host: 'holdfast.internal', authorization }), 200);
    assert.equal(await rawGet(port, '/policies', { host: 'evil.example', authorization }), 421);
    await end();
  });
});

describe('a request', () => {
  it('that names another host is refused', async () => {
    const { port, end } = await serving({ policies });
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      '10.0.0.1',
      'localhost.',
      '',
    ]) {
      assert.notEqual(await rawGet(port, '/policies', { host }), 200, host);
    }
    for (const host of ['localhost', `LOCALHOST:${port}`, '127.0.0.1', '[::1]:80']) {
      assert.equal(await rawGet(port, '/policies', { host }), 200, host);
    }
    await end();
  });

  it('is never answered for another origin, and its answer may do nothing', async () => {
    const { ask, end } = await serving({ policies }, { token: TOKEN });
    for (const path of [...READS, '/nothing', '/health/live']) {
      const { headers } = await ask(path, { headers: { origin: 'https://evil.example' } });
      assert.equal(headers.get('access-control-allow-origin'), null, path);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe|\*|https?:/, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('cache-control'), 'no-store', path);
    }
    const preflight = await ask('/policies/send', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    });
    assert.ok(preflight.status >= 400);
    assert.equal(preflight.headers.get('access-control-allow-methods'), null);
    await end();
  });

  it('for nothing that there is, is answered so', async () => {
    const { ask, end } = await serving({ policies });
    for (const path of ['/nothing', '/policies/%ff', '/../etc/passwd', '/health/live/x']) {
      assert.ok((await ask(path)).status >= 400, path);
    }
    await end();
  });

  it('that is malformed ends its own connection only', async () => {
    const { ask, port, end } = await serving({ policies });
    const broken = [
      'nonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /\x00 HTTP/1.1\r\nhost: localhost\r\n\r\n',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      'POST /chaos HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n',
      'POST /chaos HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\nxyz\r\n',
    ];
    for (const text of broken) {
      const answer = await Promise.race([raw(port, text).catch(() => ''), after(3_000, 'open')]);
      assert.doesNotMatch(answer, /^HTTP\/1\.1 2/, JSON.stringify(text.slice(0, 40)));
    }
    assert.equal((await ask('/health/live')).status, 200);
    await end();
  });

  it('is answered while a thousand connections do nothing, or little', async () => {
    const { ask, port, end } = await serving({ policies });
    const idle = await Promise.all(
      Array.from(
        { length: 1_000 },
        () =>
          new Promise<ReturnType<typeof connect>>((resolve, reject) => {
            const socket = connect(port, '127.0.0.1', () => {
              socket.write('GET /policies HTTP/1.1\r\nhost: local');
              resolve(socket);
            });
            socket.once('error', reject);
          }),
      ),
    );
    for (const socket of idle) socket.on('error', () => {});
    assert.equal((await ask('/policies')).status, 200);
    assert.equal((await ask('/metrics')).status, 200);
    for (const socket of idle) socket.destroy();
    await end();
  });
});

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value).unref());
}
