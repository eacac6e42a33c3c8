// A `node:test` that runs nothing by itself: it gathers the tests of the files that are read, to be run as often as
// there are mutants.

type Body = (context?: unknown) => unknown;

export interface Gathered {
  /** `suite › test` */
  readonly name: string;
  readonly run: () => Promise<void>;
}

interface Scope {
  readonly name: string;
  readonly before: Body[];
  readonly beforeEach: Body[];
  readonly afterEach: Body[];
}

/** All tests that were read so far. */
export const gathered: Gathered[] = [];

/** The test that was begun last. */
export const current = { name: '' };

const scopes: Scope[] = [];

export function describe(name: string, ...rest: unknown[]): void {
  scopes.push({ name, before: [], beforeEach: [], afterEach: [] });
  (rest.at(-1) as Body)();
  scopes.pop();
}

export function it(name: string, ...rest: unknown[]): void {
  const body = rest.at(-1) as Body;
  const around = [...scopes];
  const whole = [...around.map((scope) => scope.name), name].join(' › ');
  const run = async () => {
    current.name = whole;
    for (const { before } of around) for (const hook of before.splice(0)) await hook();
    for (const { beforeEach } of around) for (const hook of beforeEach) await hook();
    const cleaned: Body[] = [];
    try {
      await body({ after: (hook: Body) => cleaned.push(hook), diagnostic() {} });
    } finally {
      for (const hook of cleaned) await hook();
      for (const { afterEach } of around) for (const hook of afterEach) await hook();
    }
  };
  gathered.push({ name: whole, run });
}

export const before = (hook: Body) => scopes.at(-1)?.before.push(hook);
export const beforeEach = (hook: Body) => scopes.at(-1)?.beforeEach.push(hook);
export const afterEach = (hook: Body) => scopes.at(-1)?.afterEach.push(hook);
/** Nothing is ever over: the tests may run again. */
export const after = () => {};

export const test = it;
export const suite = describe;
