// The gateway: an upstream, a server before it, and the runtime that starts and stops both.

import type { AdminServer } from 'holdfast';
import { makeRuntime, type Runtime } from './runtime.ts';
import { gatewayServer } from './server.ts';
import type { GatewaySettings } from './settings.ts';
import { type UpstreamProcess, upstreamProcess } from './upstream/process.ts';

export interface Gateway {
  readonly url: string;
  readonly adminUrl: string;
  readonly upstream: UpstreamProcess;
  readonly holdfast: Runtime;
}

/** Starts it all. Rejects, with nothing left running, when a part does not start: a port is taken. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const holdfast = makeRuntime();
  const { perClient } = settings;
  holdfast.policy('clients').update({ rateLimiter: { permitsPerSecond: perClient, burst: perClient * 2 } });
  const upstream = upstreamProcess();
  const server = gatewayServer({ holdfast, upstream, settings });
  holdfast.component({
    name: 'upstream',
    start: () => upstream.start(),
    stop: () => upstream.stop(),
    // Whether it lives, not whether it answers well: that is what its policy finds out by calling it.
    check: async ({ signal }) => (await fetch(`${upstream.url}/-/alive`, { signal })).ok,
    recover: () => upstream.start(),
  });
  holdfast.component({
    name: 'server',
    phase: 1,
    start: () => server.listen(),
    stop: () => server.close(),
  });
  let admin: AdminServer | undefined;
  holdfast.component({
    name: 'admin',
    phase: 1,
    start: async () => {
      const { adminPort: port, adminToken: token } = settings;
      admin = await holdfast.admin({ port, token, allowChaos: token !== undefined });
    },
    stop: () => admin?.close(),
  });
  await holdfast.start();
  return { url: server.url, adminUrl: admin?.url ?? '', upstream, holdfast };
}
