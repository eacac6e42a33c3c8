// Load from a process of its own, the same program whatever the runtime of the service.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const CANNON = new URL('./cannon.ts', import.meta.url);
const CONNECTIONS = 20;

/** Sends a number of requests; throws unless each was answered with 200. */
export async function load(url: string, requests: number): Promise<Load> {
  const words = [fileURLToPath(CANNON), url, String(requests), String(CONNECTIONS)];
  const child = spawn(process.env.HOLDFAST_NODE ?? 'node', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (complained += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`autocannon ended with ${code}\n${complained}`);
  const { well, badly, tookMs, p50Ms, p99Ms } = JSON.parse(said);
  if (well !== requests || badly > 0) {
    throw new Error(`${well} of ${requests} were answered well, ${badly} badly or not at all`);
  }
  return { perSecond: (requests / tookMs) * 1_000, p50Ms, p99Ms };
}
