// Shows the mutants of one folder to its tests, until one notices.

import { Copy } from './mutate-copy.mjs';
import { testsIn } from './mutate-folders.mjs';
import { runTests } from './mutate-process.mjs';
import { reach } from './mutate-reach.mjs';
import { plant } from './mutate-source.mjs';

/** A mutant is given up as hanging after so much, and so many times what its tests take without it. */
const LEAST_LIMIT_MS = 4_000;
const LIMIT_FACTOR = 5;
/** What far tests a survivor is shown to, in ms without a mutant: fastest first. */
const FAR_BUDGET_MS = 20_000;

/**
 * `tasks`: `{ path, number, mutant, hint }`, where the hint is a test file that noticed this mutant before.
 * `onOutcome(task, { outcome, by })` is told each as it is known; with `survived` at last.
 */
export async function hunt(tasks, { folder, texts, sources, workers, far: further, onOutcome }) {
  if (tasks.length === 0) return;
  const paths = [...texts.keys()];
  const near = testsIn(folder.near, paths);
  const far = further ? testsIn(folder.far, paths) : [];
  const copies = Array.from({ length: workers }, () => new Copy(texts));
  try {
    const end = (task) => onOutcome(task, { outcome: 'survived' });
    const survived = [];
    await huntAmong(
      near,
      tasks,
      Number.POSITIVE_INFINITY,
      far.length > 0 ? (task) => survived.push(task) : end,
    );
    if (survived.length > 0) await huntAmong(far, survived, FAR_BUDGET_MS, end);
  } finally {
    for (const copy of copies) copy.remove();
  }

  async function huntAmong(files, wanted, budgetMs, onSurvivor) {
    const tests = await reach(files, { texts, sources, workers });
    const record = new Record(tests);
    const queue = [...wanted];
    const work = async (copy) => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        const found = await show(task, copy, record, budgetMs);
        if (found === undefined) onSurvivor(task);
        else onOutcome(task, found);
      }
    };
    await Promise.all(copies.map(work));
  }

  async function show(task, copy, record, budgetMs) {
    const { path, mutant, hint } = task;
    const order = record.order(path, mutant.point, hint, budgetMs);
    if (order.length === 0) return undefined;
    try {
      copy.write(path, plant(sources.get(path).text, mutant));
    } catch (error) {
      throw new Error(`${path}:${mutant.line}: no JavaScript: ${mutant.what}\n${error.message}`);
    }
    try {
      const [first, ...others] = order;
      const found = await tryOne(first);
      if (found !== undefined || others.length === 0) return found;
      // The others together: most of what a file costs is the start of its process.
      const { outcome, file } = await runTests(copy, others, { limitMs: limitOf(others, record) });
      if (outcome === 'passed') return undefined;
      // In a process of its own, so that no file is blamed for what another one left behind.
      for (const each of file === undefined ? others : [file, ...others.filter((other) => other !== file)]) {
        const alone = await tryOne(each);
        if (alone !== undefined) return alone;
      }
      return undefined;
    } finally {
      copy.restore(path);
    }

    async function tryOne(test) {
      const { outcome } = await runTests(copy, [test], { limitMs: limitOf([test], record) });
      record.add(path, test, outcome !== 'passed');
      return outcome === 'passed'
        ? undefined
        : { outcome: outcome === 'failed' ? 'killed' : outcome, by: test };
    }
  }
}

function limitOf(files, record) {
  return LEAST_LIMIT_MS + LIMIT_FACTOR * files.reduce((sum, file) => sum + record.tookMs(file), 0);
}

/** How often each test noticed something in a file, so that the one to be asked first is the likeliest for its time. */
class Record {
  #tests;
  #tries = new Map();

  constructor(tests) {
    this.#tests = tests;
  }

  tookMs(test) {
    return this.#tests.get(test).tookMs;
  }

  add(path, test, noticed) {
    const seen = this.#of(path, test);
    seen.tries++;
    if (noticed) seen.noticed++;
  }

  #of(path, test) {
    const key = `${path} ${test}`;
    let seen = this.#tries.get(key);
    if (seen === undefined) {
      // Before anything is known, the test that bears the file's name is the likeliest.
      const name = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
      seen = { tries: 1, noticed: test.includes(`/${name}.`) ? 1 : 0.3 };
      this.#tries.set(key, seen);
    }
    return seen;
  }

  /** The tests that reach a point, the likeliest first, as many as fit into the budget. */
  order(path, point, hint, budgetMs) {
    const worth = (test) => {
      const { tries, noticed } = this.#of(path, test);
      return test === hint ? Number.POSITIVE_INFINITY : noticed / tries / (100 + this.tookMs(test));
    };
    const reaching = [...this.#tests.keys()].filter((test) =>
      this.#tests.get(test).reached.has(`${path} ${point}`),
    );
    let spentMs = 0;
    return reaching
      .map((test) => ({ test, worth: worth(test) }))
      .sort((one, other) => other.worth - one.worth)
      .map(({ test }) => test)
      .filter((test, index) => {
        spentMs += this.tookMs(test);
        return index === 0 || spentMs <= budgetMs;
      });
  }
}
