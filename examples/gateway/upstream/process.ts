// Keeps the upstream's process: starts it, tells whether it lives, starts it again.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const PATIENCE_MS = 2_000;

export interface UpstreamProcess {
  /** Where it listens; the same address after it was started again. */
  readonly url: string;
  readonly pid: number | undefined;
  start(): Promise<void>;
  /** Lets it go; ends it by force when it stays. */
  stop(): Promise<void>;
}

export function upstreamProcess(): UpstreamProcess {
  let child: ChildProcess | undefined;
  let port = 0;

  async function start(): Promise<void> {
    await stop();
    // Where this process was told to load something to read TypeScript, the child is too.
    const started = fork(SERVER, [String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child = started;
    const [told] = (await Promise.race([
      once(started, 'message'),
      once(started, 'exit').then(([code]) => [{ error: `it ended with ${code}` }]),
    ])) as [{ port?: number; error?: string }];
    if (told.port === undefined) throw new Error(`the upstream does not start: ${told.error}`);
    port = told.port;
  }

  async function stop(): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    const force = setTimeout(() => ending.kill('SIGKILL'), PATIENCE_MS);
    if (ending.connected) ending.disconnect();
    await exit;
    clearTimeout(force);
  }

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get pid() {
      return child?.pid;
    },
    start,
    stop,
  };
}
