// Whatever a JavaScript caller could pass: all of JSON, and what no JSON has.

import fc from 'fast-check';

class Odd extends Error {
  override name = 'Odd';
}

/** What getters, traps and functions of these values throw. */
export const thrown = new Odd('thrown by what was given');

const thrower = () => {
  throw thrown;
};

function cyclic(): object {
  const object: Record<string, unknown> = { list: [] };
  object.self = object;
  (object.list as unknown[]).push(object);
  return object;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function nested(depth: number): object {
  let object: object = {};
  for (let level = 0; level < depth; level++) object = { a: object };
  return object;
}

/** Made anew each time: what one run does to it is not the next one's. By name, so that a corpus can name them. */
export const ODDITIES = {
  undefined: () => undefined,
  null: () => null,
  nan: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  minusZero: () => -0,
  tiny: () => 5e-324,
  huge: () => 1.7e308,
  unsafe: () => 2 ** 53,
  bigint: () => 10n ** 30n,
  symbol: () => Symbol('odd'),
  function: () => () => 5,
  throwingFunction: () => thrower,
  class: () => Odd,
  cyclic,
  nullPrototype: () => Object.create(null) as object,
  noText: () => ({ toString: thrower, valueOf: thrower, toJSON: thrower }),
  ownProto: () => JSON.parse('{"__proto__":{"burst":1},"constructor":{"prototype":1}}') as object,
  throwingGetter: () => Object.defineProperty({}, 'burst', { get: thrower, enumerable: true }),
  revoked: () => revoked({}),
  revokedArray: () => revoked([]),
  revokedFunction: () => revoked(() => {}),
  trapping: () => new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower }),
  trappingArray: () => new Proxy([1, 2], { get: (_, name) => (name === 'length' ? 2 : thrower()) }),
  everything: () => new Proxy({}, { get: () => 1, has: () => true }),
  thenable: () => Object.defineProperty({}, ['th', 'en'].join(''), { value: thrower }),
  date: () => new Date(Number.NaN),
  map: () => new Map([[{}, new Set([1])]]),
  bytes: () => new Uint8Array(9),
  promise: () => new Promise(() => {}),
  boxed: () => Object(5) as object,
  sparse: () => new Array(7),
  deep: () => nested(5_000),
  longText: () => 'x'.repeat(70_000),
  loneSurrogate: () => '\ud800',
} satisfies Record<string, () => unknown>;

export type OddityName = keyof typeof ODDITIES;

/** Stands for an oddity until it is passed: what draws and shrinks cases could not look at a proxy that throws. */
export class Stand {
  readonly name: OddityName;

  constructor(name: OddityName) {
    this.name = name;
  }

  toString(): string {
    return `odd('${this.name}')`;
  }
}

/** An oddity's stand-in, as a corpus and a counterexample say it. */
export const odd = (name: OddityName): Stand => new Stand(name);

/** The value that is meant: a copy with an oddity, made anew, for each that stands for one. */
export function built(recipe: unknown): unknown {
  if (recipe instanceof Stand) return ODDITIES[recipe.name]();
  if (Array.isArray(recipe)) return recipe.map(built);
  if (!isPlain(recipe)) return recipe;
  return Object.entries(recipe).reduce((copy, [name, value]) => withOwn(copy, name, built(value)), {});
}

const anyOdd = fc.constantFrom(...(Object.keys(ODDITIES) as OddityName[])).map(odd);

/** JSON, values beyond it, and lists of some of each; to be built. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: anyOdd },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 2,
    arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  },
  { weight: 1, arbitrary: fc.array(anyOdd, { maxLength: 3 }) },
);

/**
 * What is given with some of its leaves or branches made anything else, or with an option more that nobody knows;
 * to be built.
 */
export function spoiled(given: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), anything, fc.constantFrom(undefined, '__proto__', 'constructor', 'xyz'));
  return fc
    .tuple(given, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([whole, changes]) =>
      changes.reduce((now, [at, other, added]) => spoil(now, at, other, added), whole as unknown),
    );
}

/** What is given, something like it, or anything; to be built. */
export function either(given: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: given },
    { weight: 4, arbitrary: spoiled(given) },
  );
}

function spoil(whole: unknown, at: number, other: unknown, added: string | undefined): unknown {
  if (!isPlain(whole)) return other;
  const names = Object.keys(whole);
  if (added !== undefined && at % 5 === 0) return withOwn(whole, added, other);
  if (names.length === 0) return other;
  const name = names[at % names.length];
  const inner = at % 3 === 0 ? other : spoil(whole[name], Math.floor(at / names.length), other, added);
  return withOwn(whole, name, inner);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function withOwn(whole: object, name: string, value: unknown): object {
  const copy = { ...whole };
  const descriptor = { value, enumerable: true, writable: true, configurable: true };
  return Object.defineProperty(copy, name, descriptor);
}
