// As much of `node:test` as plain scenes need, for a process that runs them over and over: what is registered runs
// in order, until the first that fails.

let scope = newScope();

/** Forgets what was registered. */
export function forget() {
  scope = newScope();
}

/** Runs what was registered since; throws what the first failing test threw. */
export async function runAll(all = scope) {
  for (const hook of all.before) await hook();
  for (const run of all.steps) {
    for (const hook of all.beforeEach) await hook();
    await run();
    for (const hook of all.afterEach) await hook();
  }
  for (const hook of all.after) await hook();
}

export function describe(_name, ...rest) {
  const outer = scope;
  const inner = newScope();
  scope = inner;
  rest.at(-1)();
  scope = outer;
  outer.steps.push(() => runAll(inner));
}

export function it(_name, ...rest) {
  scope.steps.push(rest.at(-1));
}

export const before = (hook) => scope.before.push(hook);
export const after = (hook) => scope.after.push(hook);
export const beforeEach = (hook) => scope.beforeEach.push(hook);
export const afterEach = (hook) => scope.afterEach.push(hook);
export const test = it;

function newScope() {
  return { steps: [], before: [], after: [], beforeEach: [], afterEach: [] };
}
