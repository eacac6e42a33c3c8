// Reading options: what is asked for is checked when it is given, and an error says where, what and instead of
// what.
//
//   const o = readOptions('policies.send.rateLimiter', value, ['permitsPerSecond', 'burst', 'maxWaitMs']);
//   const rate = o.number('permitsPerSecond', { above: 0 });
//   const burst = o.number('burst', { whole: true, atLeast: 1, default: Math.max(1, Math.ceil(rate)) });
//   const waitMs = o.durationMs('maxWaitMs', { default: 0 });
//
// An option that is undefined is one that was not given: it has its default, is optional, or is an error. null
// is a value, and hardly ever an allowed one.

import { didYouMean } from './nearest.ts';
import { isAllowed, type NumberRule, sayRule } from './number-rule.ts';
import { OptionsError } from './options-error.ts';
import { show } from './show.ts';

/** What stands in for an option that is not given. */
export interface Absent<T> {
  default?: T;
  /** `undefined` is fine. */
  optional?: boolean;
}

type NumericRule = NumberRule & Absent<number>;

/** The type an option has when it is read: `undefined` only when that was allowed and no default stands in. */
export type Read<T, Rule> = Rule extends { default: T }
  ? T
  : Rule extends { optional: true }
    ? T | undefined
    : T;

/** The options of one object, read one by one. */
export interface OptionsReader {
  /** Where these options stand: `policies.send.rateLimiter`. */
  readonly path: string;
  /** Whether an option is given, as anything but undefined. */
  has(name: string): boolean;
  /** An option as it is. A getter that throws is an OptionsError. */
  get(name: string): unknown;
  number<Rule extends NumericRule>(name: string, rule?: Rule): Read<number, Rule>;
  /** Milliseconds, at least 0 unless the rule says more. */
  durationMs<Rule extends NumericRule>(name: string, rule?: Rule): Read<number, Rule>;
  /** From 0 to 1 unless the rule says more. */
  ratio<Rule extends NumericRule>(name: string, rule?: Rule): Read<number, Rule>;
  boolean<Rule extends Absent<boolean>>(name: string, rule?: Rule): Read<boolean, Rule>;
  /** A text that is not empty. */
  text<Rule extends Absent<string>>(name: string, rule?: Rule): Read<string, Rule>;
  oneOf<T extends string, Rule extends Absent<T>>(
    name: string,
    among: readonly T[],
    rule?: Rule,
  ): Read<T, Rule>;
  /** A function; of what type only the caller knows. */
  fn<F extends (...args: never[]) => unknown, Rule extends Absent<F> = Absent<F>>(
    name: string,
    rule?: Rule,
  ): Read<F, Rule>;
  /** Options within these; `undefined` when they are not given. */
  child(name: string, known: readonly string[]): OptionsReader | undefined;
  /** An array, each item read by a function that is told its path. */
  array<T, Rule extends Absent<T[]> = Absent<T[]>>(
    name: string,
    read: (item: unknown, path: string) => T,
    rule?: Rule,
  ): Read<T[], Rule>;
  /** Refuses an option: throws an OptionsError that says what was expected in its place. */
  refuse(name: string, expected: string): never;
}

/**
 * Checks that a value is an object with no option but the known ones, and gives what reads them. Throws an
 * OptionsError, as does every read of what is not as it should be. Nothing is kept: a read looks at the object.
 */
export function readOptions(path: string, value: unknown, known: readonly string[]): OptionsReader {
  const options = checkedObject(path, value, known);

  function get(name: string): unknown {
    try {
      return options[name];
    } catch (error) {
      throw unreadable(at(path, name), error);
    }
  }

  function refuse(name: string, expected: string): never {
    return refuseValue(at(path, name), expected, get(name));
  }

  // What all readers of one value have in common: it is absent, or it is as it must be, or it is refused.
  function checked(
    name: string,
    absent: Absent<unknown>,
    expected: string | (() => string),
    fits: (value: unknown) => boolean,
  ): unknown {
    const given = get(name);
    const mayBeAbsent = absent.default !== undefined || absent.optional === true;
    if (given === undefined && mayBeAbsent) return absent.default;
    if (readSafely(at(path, name), () => fits(given))) return given;
    return refuseValue(at(path, name), typeof expected === 'string' ? expected : expected(), given);
  }

  function numeric(name: string, absent: Absent<number>, rule: NumberRule): unknown {
    return checked(
      name,
      absent,
      () => sayRule(rule),
      (given) => isAllowed(given, rule),
    );
  }

  const reader = {
    path,
    has: (name: string) => get(name) !== undefined,
    get,
    refuse,
    number: (name: string, rule: NumericRule = {}) => numeric(name, rule, rule),
    durationMs: (name: string, rule: NumericRule = {}) => numeric(name, rule, within(rule, undefined, true)),
    ratio: (name: string, rule: NumericRule = {}) => numeric(name, rule, within(rule, 1, false)),
    boolean: (name: string, rule = {}) =>
      checked(name, rule, 'true or false', (given) => typeof given === 'boolean'),
    text: (name: string, rule = {}) =>
      checked(name, rule, 'a text that is not empty', (given) => typeof given === 'string' && given !== ''),
    oneOf: (name: string, among: readonly string[], rule = {}) =>
      checked(
        name,
        rule,
        () => sayOneOf(among),
        (given) => among.includes(given as string),
      ),
    fn: (name: string, rule = {}) =>
      checked(name, rule, 'a function', (given) => typeof given === 'function'),
    child(name: string, knownWithin: readonly string[]) {
      const given = get(name);
      return given === undefined ? undefined : readOptions(at(path, name), given, knownWithin);
    },
    array(name: string, read: (item: unknown, path: string) => unknown, rule = {}) {
      const given = checked(name, rule, 'an array', Array.isArray) as unknown[] | undefined;
      // What is absent is so by the same test: without a default, both are undefined.
      if (given === (rule as Absent<unknown>).default) return given;
      return itemsOf(at(path, name), given as unknown[]).map((item, index) =>
        read(item, `${at(path, name)}[${index}]`),
      );
    },
  };
  return reader as unknown as OptionsReader;
}

/**
 * Checks that a value is an object of things by name, and gives it: whatever is in it can be read. Throws an
 * OptionsError.
 */
export function readNamed(path: string, value: unknown): Readonly<Record<string, unknown>> {
  const names = readSafely(path, () => (isOptionsObject(value) ? Object.keys(value) : undefined));
  if (names === undefined) return refuseValue(path, 'an object with options', value);
  const named = value as Record<string, unknown>;
  for (const name of names) readSafely(at(path, name), () => named[name]);
  return named;
}

/** Checks one number that stands by itself: a per-call option, an item of a list. Throws an OptionsError. */
export function checkNumber(path: string, value: unknown, rule: NumberRule): number {
  return isAllowed(value, rule) ? value : refuseValue(path, sayRule(rule), value);
}

/** Throws an OptionsError that shows the value that came. */
export function refuseValue(path: string, expected: string, value: unknown): never {
  throw new OptionsError({ path, expected, received: show(value) });
}

/** What an array holds, holes as undefined. Throws an OptionsError where it cannot be read. */
export function itemsOf(path: string, list: readonly unknown[]): unknown[] {
  const length = readSafely(path, () => list.length);
  return Array.from({ length }, (_, index) => readSafely(`${path}[${index}]`, () => list[index]));
}

/** What a read gives. Throws an OptionsError when it throws: a getter, a proxy. */
export function readSafely<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function checkedObject(below: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  // Options that stand at no path are those of a factory.
  const path = below === '' ? 'options' : below;
  const keys = readSafely(path, () => (isOptionsObject(value) ? Object.keys(value) : undefined));
  if (keys === undefined) return refuseValue(path, 'an object with options', value);
  for (const key of keys) {
    if (!known.includes(key)) refuseName(path, key, known);
  }
  return value as Record<string, unknown>;
}

/** Throws for a name that is none of the known ones, with the nearest of them. */
export function refuseName(path: string, name: string, known: readonly string[]): never {
  const shown = show(name);
  const hint = didYouMean(name, known) || `; known are ${known.join(', ')}`;
  throw new OptionsError({
    path,
    expected: `one of ${known.join(', ')}`,
    received: shown,
    what: `unknown option ${shown}${hint}`,
  });
}

// An array, a map or a promise has no options; an instance of somebody's class may.
function isOptionsObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function unreadable(path: string, cause: unknown): OptionsError {
  return new OptionsError({
    path,
    expected: 'a readable value',
    received: `a throw of ${show(cause)}`,
    cause,
  });
}

function at(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${path}[${show(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

// From 0, and up to a bound, unless the rule says otherwise. Field by field: a spread takes microseconds here.
function within(rule: NumberRule, highest: number | undefined, ms: boolean): NumberRule {
  const { atLeast, above, atMost, below, whole, infinite } = rule;
  return {
    atLeast: above === undefined ? (atLeast ?? 0) : atLeast,
    above,
    atMost: below === undefined ? (atMost ?? highest) : atMost,
    below,
    whole,
    infinite,
    ms,
  };
}

function sayOneOf(among: readonly string[]): string {
  const shown = among.map((name) => JSON.stringify(name));
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
