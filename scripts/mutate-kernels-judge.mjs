// A process that plays the tests on mutants: test/mutation/kernels/sweep.ts.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';
import { sourceFlags } from './suite.mjs';

/**
 * A mutant that keeps its process silent for so long hangs, in JavaScript: loops of the kernels run out of breath. The
 * process tells between two tests that it is alive, however little it gets of a busy machine.
 */
const SILENT_MS = 180_000;

const children = new Set();

export class Judge {
  #child;
  #heard = () => {};

  /** Calls `tell(number, killer)` for each mutant of the batch, killer null for a survivor. */
  async judge(batch, tell) {
    let left = batch.mutants;
    let spoilt = 0;
    while (left.length > 0) {
      const { why, told } = await this.#ask({ ...batch, mutants: left }, tell);
      left = left.slice(told);
      if (why === 'done') return;
      this.end();
      if (why !== 'silence') console.log(`begun anew: ${why.split('\n')[0]}`);
      if (why === 'silence') {
        tell(left[0][0], 'it hangs', true);
        left = left.slice(1);
      } else if (told > 0) {
        spoilt = 0;
      } else if (++spoilt > 2) {
        throw new Error(why);
      }
    }
  }

  end() {
    if (this.#child) children.delete(this.#child);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #ask(batch, tell) {
    this.#child ??= this.#start();
    const child = this.#child;
    let told = 0;
    return new Promise((resolve) => {
      let timer;
      const end = (why) => {
        clearTimeout(timer);
        this.#heard = () => {};
        resolve({ why, told });
      };
      this.#heard = (message) => {
        clearTimeout(timer);
        timer = setTimeout(end, SILENT_MS, 'silence');
        if (message.alive) return;
        if (message.done) return end('done');
        if (message.failed) return end(message.failed);
        told++;
        tell(message.number, message.killer);
      };
      timer = setTimeout(end, SILENT_MS, 'silence');
      child.send(batch);
    });
  }

  #start() {
    const child = fork(join(root, 'test/mutation/kernels/sweep.ts'), [], {
      cwd: root,
      execArgv: sourceFlags(process.version),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.add(child);
    const heard = (message) => this.#child === child && this.#heard(message);
    child.on('message', heard);
    child.on('exit', (code) => heard({ failed: `a process of tests ended with ${code}` }));
    return child;
  }
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
