// Shows the mutants of one folder to its tests, until one notices.

import { mutatedCopy } from './mutate-copy.mjs';
import { testsIn } from './mutate-folders.mjs';
import { reach } from './mutate-reach.mjs';
import { Record } from './mutate-record.mjs';
import { Shower } from './mutate-shower.mjs';
import { readStays } from './mutate-stays.mjs';

/** What tests a mutant is shown to, in ms without it, the likeliest first. */
const NEAR_BUDGET_MS = 5_000;
const FAR_BUDGET_MS = 20_000;

/**
 * `tasks`: `{ path, number, mutant, hint, compared }`, where the hint is a test file that noticed this mutant before,
 * and `compared` says whether tests in which its value was never another one may be left out.
 * `onOutcome(task, { outcome, by })` is told each as it is known; with `survived` at last.
 */
export async function hunt(tasks, { folder, texts, sources, workers, far: further, onOutcome }) {
  if (tasks.length === 0) return;
  const paths = [...texts.keys()];
  const near = testsIn(folder.near, paths);
  const far = further ? testsIn(folder.far, paths) : [];
  const first = firstNumbers(tasks, sources);
  const copy = mutatedCopy(texts, sources, first);
  const showers = Array.from({ length: workers }, () => new Shower(copy));
  try {
    const survive = (task) => onOutcome(task, { outcome: 'survived' });
    const survived = [];
    const onSurvivor = far.length > 0 ? (task) => survived.push(task) : survive;
    await huntAmong(near, tasks, NEAR_BUDGET_MS, onSurvivor);
    if (survived.length > 0) await huntAmong(far, survived, FAR_BUDGET_MS, survive);
  } finally {
    for (const shower of showers) shower.end();
    copy.remove();
  }

  async function huntAmong(files, wanted, budgetMs, onSurvivor) {
    const tests = await reach(files, { texts, sources, workers });
    const stays = await readStays([...tests.keys()], texts, showers);
    const record = new Record(tests, stays, texts);
    const queue = cheapestFirst(wanted, record).map((task) => ({
      task,
      inForce: first.get(task.path) + task.number,
      tried: new Set(),
    }));
    await Promise.all(
      showers.map((shower) =>
        shower.showAll(queue, {
          record,
          budgetMs,
          onFound: ({ task }, found) => (found === undefined ? onSurvivor(task) : onOutcome(task, found)),
        }),
      ),
    );
  }
}

/** Every mutant of the files that are asked about has a number of its own. */
function firstNumbers(tasks, sources) {
  const first = new Map();
  let next = 0;
  for (const { path } of tasks) {
    if (first.has(path)) continue;
    first.set(path, next);
    next += sources.get(path).mutants.length;
  }
  return first;
}

/** File by file, those whose tests are quick before those that need threads and time. */
function cheapestFirst(tasks, record) {
  const costs = new Map();
  for (const task of tasks) {
    const { path } = task;
    const [test] = record.order(task);
    const all = costs.get(path) ?? [];
    all.push(test === undefined ? 0 : record.costsMs(test));
    costs.set(path, all);
  }
  const mean = (path) => costs.get(path).reduce((sum, ms) => sum + ms, 0) / costs.get(path).length;
  const order = [...costs.keys()].sort((one, other) => mean(one) - mean(other));
  return order.flatMap((path) => tasks.filter((task) => task.path === path));
}
