// The gateway that is driven, in a process of its own: it shares no event loop with what drives it.

import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface Target {
  url: string;
  adminUrl: string;
  token: string;
  /** Resident memory in MB; NaN where nobody can tell. */
  memoryMb(): number;
  fault(kind: string): Promise<void>;
  chaos(forMs: number): Promise<void>;
  /** Ends it; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts it on free ports. Rejects when it does not start. */
export async function startTarget(env: Record<string, string> = {}): Promise<Target> {
  const token = randomBytes(16).toString('hex');
  const child = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [], {
    env: { ...process.env, PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN: token, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ url, adminUrl }] = (await Promise.race([once(child, 'message'), failed(child)])) as [
    { url: string; adminUrl: string },
  ];
  return {
    url,
    adminUrl,
    token,
    memoryMb: () =>
      Number(spawnSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).stdout ?? Number.NaN) / 1024,
    fault: (kind) => told(`${url}/faults/${kind}`, {}),
    chaos: (forMs) =>
      told(`${adminUrl}/chaos`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ policies: ['upstream'], forMs }),
      }),
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      return code;
    },
  };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the gateway ended with ${code}`);
}

async function told(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, { method: 'POST', ...init });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
