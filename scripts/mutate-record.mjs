// Which test to ask first.

/** How often each test noticed something in a file, so that the one to be asked first is the likeliest for its time. */
export class Record {
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
