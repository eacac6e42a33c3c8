// Shows the mutants of one folder to its tests, until one notices.

import { Copy } from './mutate-copy.mjs';
import { testsIn } from './mutate-folders.mjs';
import { runTests } from './mutate-process.mjs';
import { reach } from './mutate-reach.mjs';
import { Record } from './mutate-record.mjs';
import { Resident } from './mutate-resident.mjs';
import { plant } from './mutate-source.mjs';

/** A mutant is given up as hanging after so much, and so many times what its tests take without it. */
const LEAST_LIMIT_MS = 4_000;
const LIMIT_FACTOR = 4;
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
  const copies = Array.from({ length: workers }, () => {
    const copy = new Copy(texts);
    return Object.assign(copy, { resident: new Resident(copy) });
  });
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
    for (const copy of copies) {
      await copy.resident.end();
      copy.remove();
    }
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
      return await showTo(order);
    } finally {
      copy.restore(path);
    }

    // The likeliest first; then those that need no process of their own; then the others together, since most of what
    // they cost is the start of it.
    async function showTo([first, ...others]) {
      const mayStay = (test) => folder.resident?.test(test) === true;
      const known = await askOne(first);
      if (known !== undefined) return known;
      for (const test of others.filter(mayStay)) {
        const found = await askOne(test);
        if (found !== undefined) return found;
      }
      const apart = others.filter((test) => !mayStay(test));
      if (apart.length === 0) return undefined;
      const { outcome, file } = await runTests(copy, apart, { limitMs: limitOf(apart, record) });
      if (outcome === 'passed') return undefined;
      // In a process of its own, so that no file is blamed for what another one left behind.
      for (const test of file === undefined ? apart : [file, ...apart.filter((other) => other !== file)]) {
        const found = await askOne(test);
        if (found !== undefined) return found;
      }
      return undefined;

      async function askOne(test) {
        const limitMs = limitOf([test], record);
        const outcome = mayStay(test)
          ? await copy.resident.run(test, limitMs)
          : (await runTests(copy, [test], { limitMs })).outcome;
        record.add(path, test, outcome !== 'passed');
        if (outcome === 'passed') return undefined;
        return { outcome: outcome === 'failed' ? 'killed' : outcome, by: test };
      }
    }
  }
}

function limitOf(files, record) {
  return LEAST_LIMIT_MS + LIMIT_FACTOR * files.reduce((sum, file) => sum + record.tookMs(file), 0);
}
