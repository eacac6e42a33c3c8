import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface ExampleProcess {
  readonly child: ChildProcess;
  /** What it has printed so far, errors too. */
  readonly output: string;
  /** The first match in what it prints, as soon as it is there; rejects when the process ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal, SIGTERM by default, and gives the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Its exit code, when it ends by itself. */
  exit(): Promise<number | null>;
}

/** Starts an example on this runtime as its user would. Whoever starts it ends it. */
export function startExample(
  path: string,
  env: Record<string, string> = {},
  words: string[] = [],
): ExampleProcess {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child = spawn(process.execPath, [...runtimeFlags(), file, ...words], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const heard = () => {
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      heard();
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const closed = once(child, 'close').then(() => {
    ended = true;
    heard();
  });

  function says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found !== null) resolve(found);
        else if (ended) reject(new Error(`it ended without ${pattern}:\n${output}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  }

  return {
    child,
    get output() {
      return output;
    },
    says,
    async end(signal = 'SIGTERM') {
      // By its number: Deno takes whatever it has signalled itself for killed by that.
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid as number, signal);
      return await this.exit();
    },
    async exit() {
      const [code] = await exited;
      await closed;
      return code;
    },
  };
}

function runtimeFlags(): string[] {
  if (process.versions.bun) return [];
  if (process.versions.deno) {
    const map = fileURLToPath(new URL('./import-map.json', import.meta.url));
    return ['run', '-A', '--no-check', '--no-lock', `--import-map=${map}`];
  }
  return ['--import', new URL('../../scripts/register.mjs', import.meta.url).href];
}
