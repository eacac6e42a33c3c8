import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuntimeView } from '../../src/control/views.ts';
import { ping } from '../../src/index.ts';
import { raw, rawGet, serving, TOKEN } from './given.ts';

/** The scene's server is closed however the scene ends. */
async function withServer(
  options: Parameters<typeof serving>[0],
  admin: Parameters<typeof serving>[1],
  scene: (served: Awaited<ReturnType<typeof serving>>) => Promise<void>,
): Promise<void> {
  const served = await serving(options, admin);
  try {
    await scene(served);
  } finally {
    await served.end();
  }
}

describe('the server', () => {
  it('says no more than that it could not when an error cannot even be shown', async () => {
    await withServer({}, {}, async ({ holdfast, ask }) => {
      const odd = Object.create(Error.prototype, {
        message: {
          get() {
            throw new Error('a secret');
          },
        },
      });
      holdfast.health.add(ping('odd', () => Promise.reject(odd)));
      await holdfast.health.checkNow('odd');
      const answer = await ask('/policies');
      assert.equal(answer.status, 500);
      assert.deepEqual(await answer.json(), { error: 'the server could not do that' });
      assert.equal((await ask('/metrics')).status, 200);
    });
  });

  it('shows what a check has thrown that is no error', async () => {
    await withServer({}, {}, async ({ holdfast, ask }) => {
      holdfast.health.add(ping('plain', () => Promise.reject('out of paper')));
      await holdfast.health.checkNow('plain');
      const { runtime } = (await (await ask('/policies')).json()) as { runtime: RuntimeView };
      assert.equal(runtime.checks[0].error, 'out of paper');
    });
  });

  it('sends metrics whole that are longer than one piece', async () => {
    await withServer({ memory: { policies: 64, threads: 2, keys: 0 } }, {}, async ({ holdfast, ask }) => {
      const names = Array.from({ length: 48 }, (_, index) => `policy-${index}`);
      for (const name of names) holdfast.define(name, { errorBudget: { objective: 0.9, windowMs: 60_000 } });
      const text = await (await ask('/metrics')).text();
      assert.ok(text.length > 65_536, `${text.length}`);
      for (const name of names)
        assert.ok(text.includes(`holdfast_error_budget_remaining{budget="${name}"} 1`));
    });
  });

  it('refuses a request that names what can be no host', async () => {
    await withServer({}, {}, async ({ port }) => {
      for (const host of ['[::1', 'a b', '127.0.0.1:port', '::1']) {
        assert.ok([400, 421].includes(await rawGet(port, '/policies', { host })), host);
      }
      assert.equal(await rawGet(port, '/policies', { host: '[::1]:80' }), 200);
    });
  });

  it('knows the names that it was given, in any case, and addresses of either kind', async () => {
    await withServer({}, { allowedHosts: ['Holdfast.Internal', 'fe80::1'] }, async ({ port }) => {
      for (const host of ['holdfast.internal', 'HOLDFAST.internal:80', '[fe80::1]', '[FE80::1]:80']) {
        assert.equal(await rawGet(port, '/policies', { host }), 200, host);
      }
    });
  });

  it('takes no change whose body does not say what it is', async () => {
    await withServer({ policies: { send: {} } }, { token: TOKEN }, async ({ port }) => {
      const head = `host: localhost\r\nauthorization: Bearer ${TOKEN}\r\nconnection: close\r\ncontent-length: 2`;
      assert.match(await raw(port, `PATCH /policies/send HTTP/1.1\r\n${head}\r\n\r\n{}`), /^HTTP\/1\.1 400 /);
    });
  });

  it('has no token that a header could not carry', async () => {
    await withServer({}, {}, async ({ holdfast }) => {
      for (const token of ['two words', 'süß', 'line\n', '']) {
        await assert.rejects(
          holdfast.admin({ port: 0, token }),
          /^OptionsError: admin\.token: expected/,
          token,
        );
      }
    });
  });
});
