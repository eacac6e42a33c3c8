// Runs tests in a process that stays: for scenes that leave nothing behind, and that is most of what a short test
// costs. Each run loads test and sources anew, bundled, so that a mutant is there from the first line on.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { context } from 'esbuild';

// What was loaded is kept for ever by the engine, and what a mutant did to the process by the process.
const MOST_RUNS = 50;
const script = fileURLToPath(new URL('mutate-resident-process.mjs', import.meta.url));
const mini = new URL('mutate-mini.mjs', import.meta.url).href;

/** One process for the tests of one copy. */
export class Resident {
  #copy;
  #bundles = new Map();
  #child;
  #runs = 0;

  constructor(copy) {
    this.#copy = copy;
    process.once('exit', () => this.#end());
  }

  /** Resolves to `passed`, `failed` or `timed out`. */
  async run(file, limitMs) {
    const url = await this.#bundled(file);
    if (this.#child === undefined || this.#runs >= MOST_RUNS) this.#begin();
    this.#runs++;
    const child = this.#child;
    child.send(url);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    try {
      const [message] = await Promise.race([
        once(child, 'message', { signal: limit.signal }),
        once(child, 'exit', { signal: limit.signal }),
      ]);
      if (typeof message !== 'object' || message === null) this.#end();
      return message?.failed === false ? 'passed' : 'failed';
    } catch {
      this.#end();
      return 'timed out';
    } finally {
      clearTimeout(timer);
      limit.abort();
    }
  }

  /** Ends the process and forgets the bundles. */
  async end() {
    this.#end();
    for (const { builder } of this.#bundles.values()) await builder.dispose();
  }

  #begin() {
    this.#end();
    this.#runs = 0;
    this.#child = fork(script, {
      cwd: this.#copy.folder,
      execArgv: ['--max-old-space-size=1024'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  #end() {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #bundled(file) {
    let bundle = this.#bundles.get(file);
    if (bundle === undefined) {
      const outfile = join(this.#copy.folder, 'resident', file.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
      const builder = await context({
        entryPoints: [join(this.#copy.folder, file.replace(/\.ts$/, '.js'))],
        outfile,
        bundle: true,
        format: 'esm',
        platform: 'node',
        packages: 'external',
        plugins: [{ name: 'tests', setup: useMini }],
      });
      bundle = { builder, url: pathToFileURL(outfile).href };
      this.#bundles.set(file, bundle);
    }
    await bundle.builder.rebuild();
    return bundle.url;
  }
}

function useMini(build) {
  build.onResolve({ filter: /^node:test$/ }, () => ({ path: mini, external: true }));
}
