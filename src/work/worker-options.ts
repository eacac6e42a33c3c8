// The `workers` option, read and checked.

import { availableParallelism } from 'node:os';
import type { ErrorClass } from '../base/error-wire.ts';
import { OptionsError } from '../base/errors.ts';
import { type OptionsReader, readNamed, readOptions, readSafely, refuseValue } from '../base/options.ts';
import { type TasksModule, urlOfTasks } from './tasks.ts';
import { checkReadable } from './type-stripping.ts';

/** Limits of each thread's memory, in MB. Node and Deno keep to them; Bun takes no notice. */
export interface ResourceLimits {
  maxOldGenerationSizeMb?: number;
  maxYoungGenerationSizeMb?: number;
  codeRangeSizeMb?: number;
  stackSizeMb?: number;
}

export interface CompartmentOptions {
  /** Share of the common threads, against the other compartments' weights; 1 by default. */
  weight?: number;
  /** Threads of its own, that nobody else uses; none by default. */
  threads?: number;
}

export interface WorkersOptions {
  /** Where tasks come from: `tasksOf<typeof import('./tasks.js')>(url)`. */
  tasks: TasksModule<unknown>;
  /** Threads started at once, 1 by default; and at most, one less than there are cores by default. */
  minThreads?: number;
  maxThreads?: number;
  /** A thread beyond `minThreads` ends after so long without a task, in ms; 10 000 by default, Infinity for never. */
  idleTimeoutMs?: number;
  /** Tasks that may wait in one compartment; 10 000 by default. More are refused with `HF_QUEUE_FULL`. */
  maxQueue?: number;
  /** By the name of a policy: how its tasks share the threads. */
  compartments?: Readonly<Record<string, CompartmentOptions>>;
  /** How long a task that was asked to stop may go on before its thread is ended, in ms; 100 by default. */
  graceMs?: number;
  /** Threads in a row that one task may crash before it is refused with `HF_POISONED`; 3 by default. */
  maxCrashes?: number;
  resourceLimits?: ResourceLimits;
  /** Error classes that keep their class on the way back, found by their names. */
  errors?: readonly ErrorClass[];
  /** A module exporting `capture()` and `run(value, fn)`: carries an AsyncLocalStorage's value to the tasks. */
  context?: URL | string;
}

export interface WorkersSettings {
  tasks: string;
  minThreads: number;
  maxThreads: number;
  idleTimeoutMs: number;
  maxQueue: number;
  compartments: ReadonlyMap<string, Required<CompartmentOptions>>;
  graceMs: number;
  maxCrashes: number;
  resourceLimits: ResourceLimits | undefined;
  errors: readonly ErrorClass[];
  context: string | undefined;
}

const KNOWN = [
  'tasks',
  'minThreads',
  'maxThreads',
  'idleTimeoutMs',
  'maxQueue',
  'compartments',
  'graceMs',
  'maxCrashes',
  'resourceLimits',
  'errors',
  'context',
];
const LIMITS = [
  'maxOldGenerationSizeMb',
  'maxYoungGenerationSizeMb',
  'codeRangeSizeMb',
  'stackSizeMb',
] as const;

/** Reads what `workers` was given. Throws an `OptionsError`. */
export function readWorkers(value: unknown): WorkersSettings {
  const o = readOptions('workers', value, KNOWN);
  const whole = { whole: true, atLeast: 1, atMost: 1024 } as const;
  const tasks =
    readSafely('workers.tasks', () => urlOfTasks(o.get('tasks'))) ??
    o.refuse('tasks', 'what tasksOf(url) gave');
  checkReadable('workers.tasks', tasks);
  const most = o.number('maxThreads', { ...whole, optional: true });
  const least = o.number('minThreads', { ...whole, default: 1 });
  const maxThreads = most ?? Math.max(1, least, availableParallelism() - 1);
  if (least > maxThreads) o.refuse('minThreads', `a whole number of at most maxThreads, ${maxThreads}`);
  return {
    tasks,
    minThreads: least,
    maxThreads,
    idleTimeoutMs: o.durationMs('idleTimeoutMs', { above: 0, default: 10_000, infinite: true }),
    maxQueue: o.number('maxQueue', { whole: true, atLeast: 0, default: 10_000 }),
    compartments: readCompartments(o),
    graceMs: o.durationMs('graceMs', { default: 100 }),
    maxCrashes: o.number('maxCrashes', { whole: true, atLeast: 1, default: 3 }),
    resourceLimits: readLimits(o),
    errors: readErrors(o),
    context: readContext(o),
  };
}

function readCompartments(o: OptionsReader): WorkersSettings['compartments'] {
  const given = o.has('compartments') ? readNamed('workers.compartments', o.get('compartments')) : {};
  const names = Object.keys(given);
  const each = readOptions('workers.compartments', given, names);
  return new Map(
    names.map((name) => {
      const compartment = each.child(name, ['weight', 'threads']);
      const weight = compartment?.number('weight', { above: 0, default: 1 }) ?? 1;
      const threads =
        compartment?.number('threads', { whole: true, atLeast: 0, atMost: 1024, default: 0 }) ?? 0;
      return [name, { weight, threads }];
    }),
  );
}

function readLimits(o: OptionsReader): ResourceLimits | undefined {
  const limits = o.child('resourceLimits', LIMITS);
  if (limits === undefined) return undefined;
  return Object.fromEntries(
    LIMITS.filter((name) => limits.has(name)).map((name) => [name, limits.number(name, { above: 0 })]),
  );
}

function readErrors(o: OptionsReader): readonly ErrorClass[] {
  const names = new Set<string>();
  return o.array(
    'errors',
    (item, path) => {
      const name = readSafely(path, () => nameOfErrorClass(item));
      if (name === undefined) return refuseValue(path, 'a class of errors with a name', item);
      if (names.has(name)) return o.refuse('errors', `classes of different names, not two called ${name}`);
      names.add(name);
      return item as unknown as ErrorClass;
    },
    { default: [] },
  );
}

function nameOfErrorClass(item: unknown): string | undefined {
  if (typeof item !== 'function' || !(item.prototype instanceof Error)) return undefined;
  return typeof item.name === 'string' && item.name !== '' ? item.name : undefined;
}

function readContext(o: OptionsReader): string | undefined {
  const given = o.get('context');
  if (given === undefined) return undefined;
  const url = readSafely('workers.context', () => (given instanceof URL ? given.href : given));
  if (typeof url !== 'string' || !URL.canParse(url)) return o.refuse('context', 'the URL of a module');
  checkReadable('workers.context', url);
  return url;
}

/** The error for a clock that threads cannot share. */
export function refuseOwnClock(): never {
  throw new OptionsError({
    path: 'clock',
    expected: 'the system clock where there are workers',
    received: 'a clock of this thread alone',
  });
}
