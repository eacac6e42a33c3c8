// As much of `node:test` as plain scenes need, for a process that runs them over and over: what a file registers is
// kept, and runs in order until the first that fails. What a scene wants to be called at its end is called in any case.

let scope = newScope();

/** What the module registers, to be run as often as wanted. */
export async function registered(load) {
  scope = newScope();
  await load();
  return scope;
}

/** Throws what the first failing test threw. */
export async function runAll({ before, beforeEach, steps, afterEach, after }) {
  try {
    for (const hook of before) await hook();
    for (const { run, apart } of steps) {
      if (apart) {
        await run();
        continue;
      }
      try {
        for (const hook of beforeEach) await hook();
        await run();
      } finally {
        for (const hook of afterEach) await hook();
      }
    }
  } finally {
    for (const hook of after) await hook();
  }
}

export function describe(_name, ...rest) {
  const outer = scope;
  const inner = newScope();
  scope = inner;
  rest.at(-1)();
  scope = outer;
  // A group has hooks of its own; those around it are for what stands beside it.
  const around = outer;
  outer.steps.push({
    apart: true,
    run: () =>
      runAll({
        ...inner,
        beforeEach: [...around.beforeEach, ...inner.beforeEach],
        afterEach: [...inner.afterEach, ...around.afterEach],
      }),
  });
}

export function it(_name, ...rest) {
  scope.steps.push({ apart: false, run: () => runOne(rest.at(-1)) });
}

async function runOne(scene) {
  const ends = [];
  try {
    await scene({ after: (end) => ends.push(end) });
  } finally {
    for (const end of ends) await end();
  }
}

export const before = (hook) => scope.before.push(hook);
export const after = (hook) => scope.after.push(hook);
export const beforeEach = (hook) => scope.beforeEach.push(hook);
export const afterEach = (hook) => scope.afterEach.push(hook);
export const test = it;

function newScope() {
  return { steps: [], before: [], after: [], beforeEach: [], afterEach: [] };
}
