import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readAdminOptions } from '../../src/admin/admin-options.ts';
import { type AdminApp, adminApp } from '../../src/admin/routes.ts';
import type { Holdfast } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { serving, TOKEN } from '../admin/given.ts';
import { anyPolicy } from '../policy/options/arbitrary.ts';
import { ADMIN_CORPUS } from './corpus/admin.ts';
import { sized } from './sizes.ts';

const POLICIES = {
  send: {
    circuitBreaker: { consecutiveFailures: 5 },
    rateLimiter: { permitsPerSecond: 10 },
    chaos: { error: { rate: 0.5 } },
  },
  'ü /%': {},
};
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'];
/** What a request may be answered with; 503 is what health says, and too many streams. */
const ANSWERS = new Set([200, 400, 401, 403, 404, 405, 409, 413, 415, 421, 503]);

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const part = fc.oneof(
  fc.constantFrom(
    'policies',
    'send',
    'circuit-breaker',
    'chaos',
    'health',
    'live',
    'ready',
    'metrics',
    'threads',
  ),
  fc.constantFrom(
    '%',
    '%ff',
    '%00',
    '..',
    '%2e%2e',
    '__proto__',
    'constructor',
    '*',
    ':name',
    '%C3%BC%20%2F%25',
    'events',
  ),
  fc.webSegment(),
);
const path = fc
  .tuple(
    fc.array(part, { maxLength: 4 }),
    fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((query) => `?${query}`),
    ),
  )
  .map(([parts, query]) => `/${parts.join('/')}${query}`);
const known = fc.constantFrom(
  '/',
  '/metrics',
  '/health',
  '/health/live',
  '/policies',
  '/policies/send',
  '/threads',
  '/policies/send/circuit-breaker',
  '/policies/%C3%BC%20%2F%25/circuit-breaker',
  '/chaos',
);
const command = fc.record(
  {
    action: fc.constantFrom('open', 'close', 'isolate', 'release', 'disable', 'metricsOnly', 'explode'),
    forMs: fc.oneof(fc.double(), fc.nat(), fc.jsonValue()),
    off: fc.oneof(fc.boolean(), fc.jsonValue()),
    policies: fc.oneof(fc.array(fc.constantFrom('send', 'none')), fc.jsonValue()),
    kinds: fc.oneof(fc.array(fc.constantFrom('error', 'latency')), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.json(),
  command.map((value) => JSON.stringify(value)),
  anyPolicy.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'null',
    '{"__proto__":{"a":1}}',
    '['.repeat(30_000),
    '{"a":'.repeat(9_000),
    'x'.repeat(70_000),
    '{"forMs":1e999}',
  ),
);
const headers = fc.record(
  {
    authorization: fc.oneof(
      fc.constantFrom(`Bearer ${TOKEN}`, `bearer ${TOKEN}`, 'Basic eDp5', 'Bearer'),
      fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
    ),
    'content-type': fc.constantFrom('application/json', 'application/json; charset=x', 'text/plain', ''),
    accept: fc.constantFrom('*/*', 'nothing/at-all', ''),
    'x-forwarded-host': fc.constant('evil.example'),
    origin: fc.constant('https://evil.example'),
  },
  { requiredKeys: [] },
);

const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.oneof({ weight: 2, arbitrary: known }, { weight: 1, arbitrary: path }),
  headers: fc.oneof(
    headers,
    headers.map((each) => ({
      ...each,
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    })),
  ),
  body,
}) as fc.Arbitrary<Asked>;

const bodiless = ({ method }: Asked): boolean => method === 'GET' || method === 'HEAD';

function assertAnswer({ method, headers }: Asked, status: number, answered: Headers): void {
  assert.ok(ANSWERS.has(status), `status ${status}`);
  const held = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim() === TOKEN;
  if (!held && !['GET', 'HEAD'].includes(method)) assert.equal(status, 401);
  assert.equal(answered.get('x-content-type-options'), 'nosniff');
  assert.equal(answered.get('access-control-allow-origin'), null);
}

describe('the admin server, whatever is asked of it', () => {
  const unhandled: unknown[] = [];
  const hear = (reason: unknown) => void unhandled.push(reason);
  let scene: Awaited<ReturnType<typeof serving>>;
  let app: AdminApp;
  let holdfast: Holdfast;

  before(async () => {
    process.on('unhandledRejection', hear);
    scene = await serving({ policies: POLICIES }, { token: TOKEN, allowChaos: true });
    holdfast = scene.holdfast as unknown as Holdfast;
    app = adminApp(holdfast, readAdminOptions({ port: 0, token: TOKEN, allowChaos: true }), manualClock());
  });

  after(async () => {
    app.close();
    await scene.end();
    process.off('unhandledRejection', hear);
    assert.deepEqual(unhandled, []);
  });

  const askApp = async (each: Asked): Promise<Response> => {
    const { method, path, headers, body } = each;
    const init = { method, headers: { host: 'localhost', ...headers }, ...(bodiless(each) ? {} : { body }) };
    const answer = await app.fetch(new Request(`http://localhost${path}`, init));
    if (path.startsWith('/events')) await answer.body?.cancel();
    else await answer.arrayBuffer();
    return answer;
  };

  it('answers as it says, and what once it did not', async () => {
    for (const each of ADMIN_CORPUS) {
      const answer = await askApp(each);
      assertAnswer(each, answer.status, answer.headers);
    }
  });

  it('answers as it says by its fetch handler', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (each) => {
        const answer = await askApp(each);
        assertAnswer(each, answer.status, answer.headers);
      }),
      sized(250),
    );
  });

  it('answers as it says over a socket', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (each) => {
        const { method, path, headers, body } = each;
        const stop = new AbortController();
        const init = { method, headers, signal: stop.signal, ...(bodiless(each) ? {} : { body }) };
        const answer = await scene.ask(path, init);
        assertAnswer(each, answer.status, answer.headers);
        if (path.startsWith('/events')) stop.abort();
        else await answer.arrayBuffer();
      }),
      sized(120),
    );
    assert.equal((await scene.ask('/health/live')).status, 200);
  });

  it('survives what is no request', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        'GET * HTTP/1.1',
        'GET http://evil/ HTTP/1.1',
        'CONNECT a:1 HTTP/1.1',
        'TRACE / HTTP/1.1',
        'GET // HTTP/1.1',
        'GET /%zz HTTP/9.9',
        'OPTIONS * HTTP/1.1',
        'GET / HTTP/1.1\r\nHost: [::1',
        'GET /\0 HTTP/1.1',
      ),
    );
    const host = fc.constantFrom(
      'Host: localhost',
      'Host: a b',
      'Host:',
      'Host: x\r\nHost: y',
      'Transfer-Encoding: chunked',
      'Content-Length: -1',
      'Content-Length: 99',
    );
    await fc.assert(
      fc.asyncProperty(line, fc.array(host, { maxLength: 3 }), async (first, more) => {
        const answer = await said(scene.port, `${first}\r\n${more.join('\r\n')}\r\n\r\n`);
        const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
        assert.ok(status === undefined || Number(status) < 500, answer.slice(0, 200));
      }),
      sized(60),
    );
    assert.equal((await scene.ask('/health/live')).status, 200);
  });

  it('keeps nothing of a stream whose answer nobody will read', async () => {
    for (let index = 0; index < 40; index++) {
      const answer = await scene.ask('/events', { method: 'HEAD' });
      assert.equal(answer.status, 200, `the ${index + 1}th`);
    }
  });
});

/** What a bare connection answers to some bytes, until it closes or has been silent for a little. */
function said(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(25, end);
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(text, 'latin1');
  });
}
