import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { describe, it } from 'node:test';
import type { HealthCheck } from '../../../src/control/health/check.ts';
import { http } from '../../../src/control/health/http.ts';
import { tcp } from '../../../src/control/health/tcp.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers so, while something is looked at. */
async function answering<T>(answer: RequestListener, look: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  try {
    return await look(`http://127.0.0.1:${await listening(server)}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What a check says: nothing when it is well. */
async function said(check: HealthCheck, signal = new AbortController().signal): Promise<unknown> {
  try {
    await check.run({ signal });
    return 'well';
  } catch (error) {
    return error;
  }
}

const status =
  (code: number): RequestListener =>
  (_, response) => {
    response.writeHead(code, { location: '/elsewhere' });
    response.end();
  };

describe('an http check', () => {
  it('says what it is and what it is called', () => {
    const { name, kind } = http('site', { url: 'http://localhost/' });
    assert.deepEqual([name, kind], ['site', 'http']);
  });

  it('takes an address as a text or as a URL', async () => {
    await answering(status(200), async (url) => {
      assert.equal(await said(http('site', { url })), 'well');
      assert.equal(await said(http('site', { url: new URL(url) })), 'well');
    });
    assert.doesNotThrow(() => http('site', { url: 'https://localhost/' }));
  });

  it('takes a redirect for the answer that it is', async () => {
    let asked = 0;
    const redirect: RequestListener = (request, response) => {
      asked++;
      status(request.url === '/' ? 302 : 200)(request, response);
    };
    await answering(redirect, async (url) => {
      assert.match(String(await said(http('site', { url }))), /site: answered with status 302/);
      assert.equal(await said(http('site', { url, expect: 302 })), 'well');
    });
    assert.equal(asked, 2);
  });

  it('expects one status where one is given, though others are as good', async () => {
    await answering(status(200), async (url) => {
      assert.match(String(await said(http('site', { url, expect: 204 }))), /status 200/);
    });
    for (const expect of [100, 599])
      assert.doesNotThrow(() => http('site', { url: 'http://localhost/', expect }));
  });

  it('is well with an answer that has no body', async () => {
    await answering(status(204), async (url) => assert.equal(await said(http('site', { url })), 'well'));
  });

  it('does not wait for a body that never ends, and hangs up', async () => {
    let hungUp = () => {};
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const endless: RequestListener = (_, response) => {
      response.on('close', hungUp);
      response.write('and so on');
    };
    await answering(endless, async (url) => {
      assert.equal(await said(http('site', { url })), 'well');
      await closed;
    });
  });

  it('ends when it is no longer wanted', async () => {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const silent: RequestListener = () => controller.abort(reason);
    await answering(silent, async (url) =>
      assert.equal(await said(http('site', { url }), controller.signal), reason),
    );
  });

  it('is refused with an option that there is not', () => {
    const options = { url: 'http://localhost/', expects: 200 } as never;
    assert.throws(() => http('site', options), /did you mean "expect"/);
  });
});

describe('a tcp check', () => {
  it('says what it is, and hangs up when it is answered', async () => {
    let hungUp = () => {};
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('close', hungUp).resume();
    });
    const check = tcp('database', { host: '127.0.0.1', port: await listening(server) });
    assert.deepEqual([check.name, check.kind], ['database', 'tcp']);
    assert.equal(await said(check), 'well');
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not begin when it is no longer wanted', async () => {
    let connected = 0;
    const server = createTcpServer(() => connected++);
    const check = tcp('database', { host: '127.0.0.1', port: await listening(server) });
    const reason = new Error('no longer wanted');
    try {
      assert.equal(await said(check, AbortSignal.abort(reason)), reason);
      assert.equal(connected, 0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is given a host, and a port among those that there are', () => {
    for (const port of [1, 65_535]) assert.doesNotThrow(() => tcp('database', { host: 'db', port }));
    for (const port of [0, 65_536, 80.5]) {
      assert.throws(() => tcp('database', { host: 'db', port }), /^OptionsError: tcp\(database\).port/);
    }
    assert.throws(() => tcp('database', { port: 1 } as never), /^OptionsError: tcp\(database\).host/);
    assert.throws(() => tcp('database', { host: 'db', ports: 1 } as never), /did you mean "port"/);
  });
});
