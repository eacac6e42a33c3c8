// A connection that its check gives up before it is made: the check ends with the reason, though somebody listens.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';
import { tcp } from '../../../src/control/health/tcp.ts';

it('a tcp check that is given up on the way ends with the reason', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const given = new AbortController();
  const { signal } = given;
  const reason = new Error('nobody waits any more');
  // As soon as it is listened to: no connection is made before the event loop comes round.
  const listen = signal.addEventListener.bind(signal) as (...all: unknown[]) => void;
  signal.addEventListener = (...all: unknown[]) => {
    listen(...all);
    queueMicrotask(() => given.abort(reason));
  };
  try {
    await assert.rejects(
      Promise.resolve(tcp('database', { host: '127.0.0.1', port }).run({ signal })),
      reason,
    );
  } finally {
    server.close();
  }
});
