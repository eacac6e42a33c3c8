// Which test to ask first.

/** What it takes at most to load one more file of tests. */
const LOAD_MS = 100;

/**
 * How often each test noticed something in a file, and which tests speak of what stands in the line, so that the one
 * to be asked first is the likeliest for its time.
 */
export class Record {
  #tests;
  #stays;
  #words;
  #tries = new Map();
  #shares = new Map();
  #loaded = new Map();

  /**
   * `tests`: of `reach`; `stays`: what a test takes in the process that stays, 0 for one that cannot; `texts`: of all
   * files.
   */
  constructor(tests, stays, texts) {
    this.#tests = tests;
    this.#stays = stays;
    this.#words = new TestWords([...tests.keys()], texts);
  }

  /** In a process of its own. */
  tookMs(test) {
    return this.#tests.get(test).tookMs;
  }

  /** Where it runs first. */
  costsMs(test) {
    return this.#stays.get(test) || this.tookMs(test);
  }

  /** In a process with others: most of what a test takes that can stay is the start of its own. */
  togetherMs(test) {
    return this.stays(test) ? this.costsMs(test) + LOAD_MS : this.tookMs(test);
  }

  stays(test) {
    return this.#stays.get(test) > 0;
  }

  /** Whether it has never failed without a mutant: one that measures time may, on a machine that has other work. */
  isSteady(test) {
    return this.#tests.get(test).infected !== undefined;
  }

  add(path, test, noticed) {
    for (const seen of [this.#of(path, test), this.#of('', test)]) {
      seen.tries++;
      if (noticed) seen.noticed++;
    }
  }

  #of(path, test) {
    const key = `${path} ${test}`;
    let seen = this.#tries.get(key);
    if (seen === undefined) {
      seen = { tries: 0, noticed: 0 };
      this.#tries.set(key, seen);
    }
    return seen;
  }

  /** How likely a test notices something in a file: what it did there, and as long as that is little, elsewhere. */
  #rate(path, test) {
    const all = this.#of('', test);
    // Before anything is known, the test that bears the file's name is the likeliest.
    const name = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
    const guess = test.includes(`/${name}.`) ? 0.9 : (all.noticed + 0.6) / (all.tries + 3);
    const { tries, noticed } = this.#of(path, test);
    return (noticed + 2 * guess) / (tries + 2);
  }

  /** Whether whoever loads the file reaches the point: what is wrong there may be so before any scene runs. */
  isReachedByLoading(path, point) {
    const key = `${path} ${point}`;
    let found = this.#loaded.get(key);
    if (found === undefined) {
      found = [...this.#tests.values()].every(({ reached }) => !reached.has(`${path} 0`) || reached.has(key));
      this.#loaded.set(key, found);
    }
    return found;
  }

  /** Whether a test comes by where the mutant stands, and would once have had another value from it. */
  #meets(test, { path, number, mutant, compared }) {
    const { reached, infected } = this.#tests.get(test);
    if (!reached.has(`${path} ${mutant.point}`)) return false;
    return !compared || infected === undefined || infected.has(`${path} #${number}`);
  }

  /** Everybody who loads a file comes by some of its points: whoever comes by others too has some use for it. */
  #knows(test, { path, mutant }) {
    if (!this.isReachedByLoading(path, mutant.point)) return 1;
    const key = `${path} ${test}`;
    let share = this.#shares.get(key);
    if (share === undefined) {
      const points = [...this.#tests.get(test).reached].filter((point) =>
        point.startsWith(`${path} `),
      ).length;
      share = 0.1 + points;
      this.#shares.set(key, share);
    }
    return share;
  }

  /** The tests that may notice a mutant, the likeliest for their time first. */
  order(task) {
    const { path, hint } = task;
    const { lineText } = task.mutant;
    const shares = this.#words.sharesOf(lineText);
    const worth = (test) =>
      test === hint
        ? Number.POSITIVE_INFINITY
        : (this.#rate(path, test) * (0.2 + 2 * shares(test)) * this.#knows(test, task)) /
          (20 + this.costsMs(test));
    return [...this.#tests.keys()]
      .filter((test) => this.#meets(test, task))
      .map((test) => ({ test, worth: worth(test) }))
      .sort((one, other) => other.worth - one.worth)
      .map(({ test }) => test);
  }
}

/** The names that tests use: one that few of them use says more. */
class TestWords {
  #of = new Map();
  #weights = new Map();

  constructor(tests, texts) {
    const many = new Map();
    for (const test of tests) {
      const words = wordsOf(texts.get(test));
      this.#of.set(test, words);
      for (const word of words) many.set(word, (many.get(word) ?? 0) + 1);
    }
    for (const [word, count] of many) this.#weights.set(word, Math.log(tests.length / count));
  }

  /** For each test, which share of what a line speaks of it speaks of too, 0 to 1. */
  sharesOf(line) {
    const words = [...wordsOf(line)].filter((word) => this.#weights.get(word) > 0);
    const sum = (of) => of.reduce((all, word) => all + this.#weights.get(word), 0);
    const whole = sum(words);
    return (test) => (whole === 0 ? 0 : sum(words.filter((word) => this.#of.get(test).has(word))) / whole);
  }
}

function wordsOf(text) {
  return new Set(text.match(/[A-Za-z]\w+/g));
}

/** The first of these, and what else fits into the budget. */
export function within(tests, budgetMs, costsMs) {
  let spentMs = 0;
  return tests.filter((test, index) => {
    const costs = costsMs(test);
    if (index > 0 && spentMs + costs > budgetMs) return false;
    spentMs += costs;
    return true;
  });
}
