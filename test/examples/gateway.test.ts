import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { type ExampleProcess, startExample } from './example-process.ts';
import { post, untilAnswered } from './http-client.ts';

const ANY_PORT = { PORT: '0', ADMIN_PORT: '0', MAX_BODY_BYTES: '100000' };

async function started(env: Record<string, string> = {}): Promise<{ gateway: ExampleProcess; url: string }> {
  const gateway = startExample('examples/gateway/main.ts', { ...ANY_PORT, ...env });
  const [, url] = await gateway.says(/gateway +(\S+)/);
  await gateway.says(/Ctrl-C stops it/);
  return { gateway, url };
}

describe('the gateway', () => {
  let gateway: ExampleProcess;
  let url: string;

  before(async () => {
    ({ gateway, url } = await started());
  });
  after(async () => {
    await gateway.end('SIGKILL');
  });

  it('prints three lines to try, with the address it listens at', () => {
    const lines = gateway.output.split('\n').filter((line) => /^ {2}curl --data-binary @/.test(line));
    assert.equal(lines.length, 3);
    assert.ok(lines.every((line) => line.includes(url)));
  });

  it('digests a body on a worker thread', async () => {
    const body = Buffer.from('a body of mine');
    const response = await post(`${url}/digest`, body);
    const { bytes, salt, scrypt } = (await response.json()) as {
      bytes: number;
      salt: string;
      scrypt: string;
    };
    assert.equal(response.status, 200);
    assert.equal(bytes, body.length);
    assert.equal(scrypt, scryptSync(body, Buffer.from(salt, 'hex'), 32).toString('hex'));
  });

  it('compresses a body to what decompresses to the same', async () => {
    const body = Buffer.from('again and again, '.repeat(1000));
    const response = await post(`${url}/compress`, body);
    const packed = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200);
    assert.ok(packed.length < body.length / 10);
    assert.deepEqual(brotliDecompressSync(packed), body);
  });

  it('says what is in a JSON body', async () => {
    const response = await post(`${url}/parse`, JSON.stringify({ a: [1, 2, { b: null }], c: true, d: 'e' }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      bytes: 39,
      depth: 3,
      objects: 2,
      arrays: 1,
      strings: 1,
      numbers: 2,
      booleans: 1,
      nulls: 1,
      keys: ['a', 'c', 'd'],
    });
  });

  it('counts JSON that is nested deeper than a stack is', async () => {
    const response = await post(`${url}/parse`, '['.repeat(40_000) + ']'.repeat(40_000));
    assert.equal(((await response.json()) as { depth: number }).depth, 40_000);
  });

  it('answers 400 to what is not JSON, and to what is not UTF-8', async () => {
    for (const body of ['{"a":', new Uint8Array([0x22, 0xff, 0x22])]) {
      const response = await post(`${url}/parse`, body);
      assert.equal(response.status, 400);
      assert.match(((await response.json()) as { message: string }).message, /^the body is not JSON: /);
    }
  });

  it('answers 413 to a body that says it is too large, and to one that turns out to be', async () => {
    assert.equal((await post(`${url}/digest`, Buffer.alloc(100_001))).status, 413);
    const stream = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 4; piece++) controller.enqueue(new Uint8Array(40_000));
        controller.close();
      },
    });
    const response = await fetch(`${url}/digest`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    assert.equal(response.status, 413);
  });

  it('takes a body of just the size that is allowed', async () => {
    assert.equal((await post(`${url}/compress`, Buffer.alloc(100_000))).status, 200);
  });

  it('answers 404 where nothing is and 405 to another method', async () => {
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    const response = await fetch(`${url}/digest`);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  });

  it('passes on what the upstream answers, and goes nowhere else', async () => {
    for (const path of ['/hello?x=1', '//example.org/a', '/@example.org']) {
      const response = await fetch(`${url}/upstream${path}`);
      assert.equal(response.status, 200);
      // Bun makes one slash of two.
      const { path: seen } = (await response.json()) as { path: string };
      assert.equal(seen.replace(/^\/+/, '/'), path.replace(/^\/+/, '/'));
    }
  });

  it('answers 504 with Retry-After while the upstream hangs, then 503, and recovers', async () => {
    await post(`${url}/faults/hanging`);
    const first = await fetch(`${url}/upstream/hello`);
    assert.equal(first.status, 504);
    assert.equal(first.headers.get('retry-after'), '1');
    const flood = await Promise.all(Array.from({ length: 25 }, () => fetch(`${url}/upstream/hello`)));
    assert.ok(flood.every(({ status }) => status === 504 || status === 503));
    const open = await untilAnswered(`${url}/upstream/hello`, 503);
    assert.ok(Number(open.headers.get('retry-after')) >= 1);
    assert.equal(((await open.json()) as { code: string }).code, 'HF_CIRCUIT_OPEN');
    await post(`${url}/faults/none`);
    await untilAnswered(`${url}/upstream/hello`, 200);
  });

  it('survives the death of the upstream and starts it again', async () => {
    const pid = async () =>
      ((await (await untilAnswered(`${url}/upstream/hello`, 200)).json()) as { pid: number }).pid;
    const before = await pid();
    process.kill(before, 'SIGKILL');
    const response = await untilAnswered(`${url}/upstream/hello`, 502, 503, 200);
    assert.ok(response.status === 200 || response.headers.has('retry-after'));
    assert.equal((await post(`${url}/parse`, '{}')).status, 200);
    assert.notEqual(await pid(), before);
  });
});

/** Waits until so many digests have been taken on: done, under way, or in line. */
async function untilAdmitted(admin: string, calls: number): Promise<void> {
  for (let taken = 0; taken < calls; ) {
    const { policies } = (await (await fetch(`${admin}/policies`)).json()) as { policies: PolicyView[] };
    const digest = policies.find(({ name }) => name === 'digest');
    const { active = 0, queued = 0 } = digest?.bulkhead ?? {};
    taken = active + queued + (digest?.calls.success ?? 0);
  }
}

interface PolicyView {
  name: string;
  calls: { success: number };
  bulkhead?: { active: number; queued: number };
}

describe('starting and stopping the gateway', () => {
  it('finishes what is under way, then ends well, and its upstream with it', async () => {
    const { gateway, url } = await started();
    const [, upstreamPid] = await gateway.says(/process (\d+)/);
    const [, admin] = await gateway.says(/dashboard +(\S+)/);
    const underWay = Array.from({ length: 4 }, () => post(`${url}/digest`, 'something'));
    await untilAdmitted(admin, 4);
    const code = gateway.end('SIGINT');
    for (const response of await Promise.all(underWay)) assert.equal(response.status, 200);
    assert.equal(await code, 0);
    assert.match(gateway.output, /stopping: .*\nstopped\n/s);
    assert.throws(() => process.kill(Number(upstreamPid), 0));
  });

  it('has its dashboard, metrics and health beside it, which only a token lets change anything', async () => {
    const { gateway } = await started({ ADMIN_TOKEN: 'a-token' });
    const [, admin] = await gateway.says(/dashboard +(\S+)/);
    const paths = ['/', '/metrics', '/health/live', '/policies'];
    const answers = await Promise.all(paths.map((path) => fetch(admin + path)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const [, metrics] = await Promise.all(answers.map((answer) => answer.text()));
    assert.match(metrics, /^holdfast_circuit_breaker_state\{name="upstream"\} 0$/m);
    assert.equal((await post(`${admin}/chaos`, '{}')).status, 401);
    assert.equal(await gateway.end(), 0);
  });

  it('answers 429 with Retry-After to a client that asks too often, and not to another', async () => {
    const { gateway, url } = await started({ PER_CLIENT: '1' });
    const ask = (key: string) => fetch(`${url}/`, { headers: { 'x-api-key': key } });
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('greedy')));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0);
    assert.ok(refused.every((answer) => answer.headers.get('retry-after') === '1'));
    assert.equal((await ask('modest')).status, 200);
    assert.equal(await gateway.end(), 0);
  });

  it('says so when a port is taken, and leaves nothing behind', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const gateway = startExample('examples/gateway/main.ts', { ...ANY_PORT, PORT: String(port) });
    await gateway.says(/port \d+ is taken; .*PORT=/);
    assert.equal(await gateway.exit(), 1);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('says which variable is wrong', async () => {
    const gateway = startExample('examples/gateway/main.ts', { ...ANY_PORT, MAX_BODY_BYTES: 'much' });
    await gateway.says(/MAX_BODY_BYTES: expected a whole number/);
    assert.equal(await gateway.exit(), 1);
  });
});
