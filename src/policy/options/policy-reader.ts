// Reading a policy's options, and keeping what was given of them: as data for other threads, functions aside.

import type { Absent, OptionsReader } from '../../base/options.ts';
import { backoffData } from '../backoff-data.ts';
import type { PolicyPlan } from '../plan.ts';

/** What is filled in while a policy's options are read. */
export type Draft = Pick<PolicyPlan, 'shape' | 'numbers' | 'functions'>;

/** What was given: `data` of the options that cross threads, `inline` the paths of those that do not. */
export interface Given {
  readonly data: Record<string, unknown>;
  readonly inline: string[];
}

/** Reads options and keeps every one that is given; a default is not. */
export interface PolicyReader extends OptionsReader {
  child(name: string, known: readonly string[]): PolicyReader | undefined;
  /** Keeps an option that was read by `get`. */
  keep(name: string, value: unknown): void;
  /** Notes that an option does not leave this thread. */
  staysHere(name: string): void;
}

/** The reader `o` of options within `within`, `retry.` as an example, that keeps what it reads in `given`. */
export function policyReader(o: OptionsReader, given: Given, within = ''): PolicyReader {
  function keep(name: string, value: unknown): void {
    given.data[name] = value;
  }

  function kept<Rule>(read: (name: string, rule?: Rule) => unknown) {
    return (name: string, rule?: Rule) => {
      const value = read(name, rule);
      if (o.has(name)) keep(name, value);
      return value;
    };
  }

  // Each by its name: a spread of so many costs several times what all of this does.
  const reader = {
    path: o.path,
    has: o.has,
    get: o.get,
    refuse: o.refuse,
    array: o.array,
    keep,
    staysHere: (name: string) => void given.inline.push(within + name),
    number: kept(o.number),
    durationMs: kept(o.durationMs),
    ratio: kept(o.ratio),
    boolean: kept(o.boolean),
    text: kept(o.text),
    oneOf(name: string, among: readonly string[], rule?: Absent<string>) {
      return kept<Absent<string>>((own, absent) => o.oneOf(own, among, absent ?? {}))(name, rule);
    },
    fn(name: string, rule?: Absent<() => unknown>) {
      const value = o.fn(name, rule);
      if (value === undefined) return value;
      const data = backoffData(value);
      if (data === undefined) reader.staysHere(name);
      else keep(name, data);
      return value;
    },
    child(name: string, known: readonly string[]) {
      const child = o.child(name, known);
      if (child === undefined) return undefined;
      const data: Record<string, unknown> = {};
      keep(name, data);
      return policyReader(child, { data, inline: given.inline }, `${within}${name}.`);
    },
  };
  return reader as PolicyReader;
}
