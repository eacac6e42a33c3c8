// Error classes by name alone: functions do not cross threads, so a worker is told the names and finds the classes
// in what was thrown.

import type { ErrorClass } from '../base/error-wire.ts';

const MOST_LEVELS = 8;

/** Classes of the given names among an error and its causes. */
export function classesIn(thrown: unknown, names: ReadonlySet<string>): ErrorClass[] {
  const found = new Map<string, ErrorClass>();
  const look = (value: unknown, level: number): void => {
    if (!(value instanceof Error) || level > MOST_LEVELS) return;
    const prototype = Object.getPrototypeOf(value) as Error;
    const name = String(prototype.constructor?.name);
    if (names.has(name)) found.set(name, { name, prototype });
    look(value.cause, level + 1);
    const { errors } = value as { errors?: unknown };
    if (Array.isArray(errors)) for (const inner of errors) look(inner, level + 1);
  };
  if (names.size > 0) look(thrown, 1);
  return [...found.values()];
}
