import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread on a TypeScript file, on every runtime: one that cannot read TypeScript by itself is given
 * the hooks that can. The caller ends it.
 */
export function spawnWorker(url: URL, workerData?: unknown, options: WorkerOptions = {}): Worker {
  const execArgv = readsTypeScript() ? options.execArgv : [...(options.execArgv ?? []), '--import', hooks];
  return new Worker(url, { ...options, workerData, ...(execArgv && { execArgv }) });
}

const hooks = new URL('../../scripts/register.mjs', import.meta.url).href;

function readsTypeScript(): boolean {
  if (process.versions.bun || process.versions.deno) return true;
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
