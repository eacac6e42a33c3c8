// Runs tests in a process that stays, each file loaded once: most of what a short test costs is its start.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// A tenth of the histories notices most of what all of them do.
const BRIEFLY = { HOLDFAST_HISTORIES: '0.1', HOLDFAST_FUZZ: '0.3' };
// What a mutant did to the process is there for those that come after it.
const MOST_RUNS = 20_000;
const START_MS = 60_000;
const script = fileURLToPath(new URL('mutate-resident-process.mjs', import.meta.url));

/** One process for the tests of one copy. */
export class Resident {
  #copy;
  #child;
  #runs = 0;
  #generation = 0;
  #loaded = new Set();

  constructor(copy) {
    this.#copy = copy;
    process.once('exit', () => this.end());
  }

  /** Another number for each process. */
  get generation() {
    return this.#generation;
  }

  /** Resolves to `passed`, `failed`, `timed out`, or `ended` when the process did. */
  async run(file, number, limitMs) {
    if (this.#child === undefined || this.#runs >= MOST_RUNS) await this.#begin();
    this.#runs++;
    // To load a file takes longer than to run it, and is no mutant's fault.
    if (!this.#loaded.has(file)) {
      this.#loaded.add(file);
      const loaded = await this.#ask({ file, load: true }, START_MS);
      if (loaded !== 'passed') return loaded;
    }
    return this.#ask({ file, number }, limitMs);
  }

  async #ask({ file, ...rest }, limitMs) {
    this.#child.send({ file: file.replace(/\.ts$/, '.js'), ...rest });
    const message = await this.#heard(limitMs);
    if (typeof message === 'object') return message.failed ? 'failed' : 'passed';
    this.end();
    return message;
  }

  async #begin() {
    this.end();
    this.#runs = 0;
    this.#generation++;
    this.#loaded.clear();
    this.#child = fork(script, {
      cwd: this.#copy.folder,
      env: { ...process.env, ...BRIEFLY },
      execArgv: ['--max-old-space-size=1024', '--expose-gc'],
      // A group of its own: what the tests start ends with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const { pid } = this.#child;
    if ((await this.#heard(START_MS)) !== 'ready') throw new Error(`process ${pid} of tests does not begin`);
  }

  async #heard(limitMs) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    const { signal } = limit;
    try {
      return await Promise.race([
        once(this.#child, 'message', { signal }).then(([message]) => message),
        once(this.#child, 'exit', { signal }).then(() => 'ended'),
      ]);
    } catch {
      return 'timed out';
    } finally {
      clearTimeout(timer);
      limit.abort();
    }
  }

  /** Ends the process; the next run begins another. */
  end() {
    if (this.#child === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The whole group has ended by itself.
    }
    this.#child = undefined;
  }
}
