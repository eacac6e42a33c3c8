// Shows mutants to tests, one after another: first in a process that stays, where a run costs what its scenes cost,
// and what nothing noticed there once more in a process that begins with the mutant.

import { runTests } from './mutate-process.mjs';
import { within } from './mutate-record.mjs';
import { Resident } from './mutate-resident.mjs';

/** A mutant is given up as hanging after so much, and so many times what its tests take without it. */
const LEAST_LIMIT_MS = 4_000;
const LIMIT_FACTOR = 4;
const STAYING_LIMIT_MS = 1_500;
const STAYING_FACTOR = 10;
const LOAD_LIMIT_MS = 30_000;
const SHORT_MS = 200;
/** So many that failed are taken together to be asked whether the process is still what it was. */
const SUSPECTS = 12;
/** In processes that begin with the mutant. */
const APART_BUDGET_MS = 3_000;
/** Where nothing else was asked: of a table that is wrong from the start. */
const LOADED_BUDGET_MS = 15_000;
/** Tests that the process that stays runs with a tenth of their histories. */
const IN_BRIEF = /\.differential\.test\.ts$/;
const NONE = -1;

export class Shower {
  #copy;
  #resident;
  #suspects = [];

  constructor(copy) {
    this.#copy = copy;
    this.#resident = new Resident(copy);
  }

  /** Takes jobs `{ task, inForce, tried }` off the queue. `onFound(job, found)`: what noticed it, or undefined. */
  async showAll(queue, { record, budgetMs, onFound }) {
    for (;;) {
      const job = queue.shift();
      if (job === undefined && this.#suspects.length === 0) return;
      if (job !== undefined) await this.#show(job, { record, budgetMs, onFound });
      if (job === undefined || this.#suspects.length >= SUSPECTS)
        await this.#confirm(queue, { record, onFound });
    }
  }

  async #show(job, { record, budgetMs, onFound }) {
    const { task, inForce, tried } = job;
    const { path, mutant } = task;
    const order = record.order(task);
    if (order.length === 0) return onFound(job, undefined);
    const staying = order.filter((test) => record.stays(test) && !tried.has(test));
    // The first point is the module itself: what is wrong there is wrong before any scene runs.
    if (mutant.point !== 0) {
      for (const test of within(staying, budgetMs, (each) => record.costsMs(each))) {
        const outcome = await this.#resident.run(test, inForce, stayingLimit(test, record));
        record.add(path, test, outcome !== 'passed');
        if (outcome === 'timed out') return onFound(job, { outcome, by: test });
        if (outcome === 'passed') continue;
        this.#suspects.push({ job, test, generation: this.#resident.generation });
        return;
      }
    }
    // Those that stayed have left to see what was wrong as they were loaded, and the histories that they left out.
    const loaded = record.isReachedByLoading(path, mutant.point);
    const apart = order.filter((test) => loaded || !record.stays(test) || IN_BRIEF.test(test));
    if (apart.length === 0) return onFound(job, undefined);
    const afforded = within(apart, loaded ? LOADED_BUDGET_MS : APART_BUDGET_MS, (test) =>
      record.togetherMs(test),
    );
    onFound(job, await this.#showApart(afforded, inForce, record, path));
  }

  /** Whether tests failed for their mutants, or for what another mutant has left in the process. */
  async #confirm(queue, { record, onFound }) {
    const suspects = this.#suspects;
    this.#suspects = [];
    for (const file of new Set(suspects.map(({ test }) => test))) {
      const those = suspects.filter(({ test }) => test === file);
      const { generation: before } = this.#resident;
      const passes = await this.#passes(file, record);
      const sound = passes && this.#resident.generation === before;
      if (!passes) this.#resident.end();
      for (const { job, test, generation } of those) {
        if ((sound && generation === before) || (await this.#failsAlone(test, job.inForce, record)))
          onFound(job, { outcome: 'killed', by: test });
        else {
          record.add(job.task.path, test, false);
          job.tried.add(test);
          queue.unshift(job);
        }
      }
    }
  }

  /** Without a mutant; once more when not, since something late of the scene before may have come in between. */
  async #passes(test, record) {
    const ask = () => this.#resident.run(test, NONE, stayingLimit(test, record));
    return (await ask()) === 'passed' || (await ask()) === 'passed';
  }

  /** Whether a test fails with the mutant and passes without it, or fails in a process where nothing was before. */
  async #failsAlone(test, inForce, record) {
    const limitMs = stayingLimit(test, record);
    if ((await this.#resident.run(test, inForce, limitMs)) === 'passed') return false;
    if (await this.#passes(test, record)) return true;
    this.#resident.end();
    const outcome = await this.#resident.run(test, inForce, limitMs);
    this.#resident.end();
    return outcome !== 'passed';
  }

  /** What a file takes in the process that stays, without a mutant; 0 when it cannot run there twice. */
  async tookMs(file) {
    let tookMs = 0;
    for (let run = 0; run < 3 && (run < 2 || tookMs < SHORT_MS); run++) {
      const startMs = performance.now();
      const outcome = await this.#resident.run(file, NONE, LOAD_LIMIT_MS);
      tookMs = Math.max(1, performance.now() - startMs);
      if (outcome === 'passed') continue;
      this.#resident.end();
      return 0;
    }
    return tookMs;
  }

  /** All in one process, since most of what they cost is the start of it; then the one that failed, alone. */
  async #showApart(order, inForce, record, path) {
    const env = { HOLDFAST_MUTANT: String(inForce) };
    const ask = (files) => runTests(this.#copy, files, { env, limitMs: limitOf(files, record) });
    const { outcome, file } = await ask(order);
    if (outcome === 'passed') return undefined;
    // In a process of its own, so that no file is blamed for what another one left behind.
    for (const test of file === undefined ? order : [file, ...order.filter((other) => other !== file)]) {
      const alone = (await ask([test])).outcome;
      const noticed =
        alone !== 'passed' && (record.isSteady(test) || (await this.#passesApart(test, record)));
      record.add(path, test, noticed);
      if (noticed) return { outcome: alone === 'failed' ? 'killed' : alone, by: test };
    }
    return undefined;
  }

  async #passesApart(file, record) {
    const env = { HOLDFAST_MUTANT: String(NONE) };
    return (
      (await runTests(this.#copy, [file], { env, limitMs: limitOf([file], record) })).outcome === 'passed'
    );
  }

  end() {
    this.#resident.end();
  }
}

function stayingLimit(file, record) {
  return STAYING_LIMIT_MS + STAYING_FACTOR * record.costsMs(file);
}

function limitOf(files, record) {
  return LEAST_LIMIT_MS + LIMIT_FACTOR * files.reduce((sum, file) => sum + record.tookMs(file), 0);
}
