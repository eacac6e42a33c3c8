// Error classes by name alone: functions do not cross threads, so a worker is told the names and finds the classes
// in what was thrown.

import type { ErrorClass } from '../base/error-wire.ts';

const MOST_LEVELS = 8;
/** Errors that are looked at: more do not travel. */
const MOST_LOOKS = 1_000;

/** Classes of the given names among an error and its causes. */
export function classesIn(thrown: unknown, names: ReadonlySet<string>): ErrorClass[] {
  const found = new Map<string, ErrorClass>();
  const seen = new Set<unknown>();
  const look = (value: unknown, level: number): void => {
    if (seen.has(value) || level > MOST_LEVELS || seen.size === MOST_LOOKS) return;
    seen.add(value);
    try {
      lookInto(value, level);
    } catch {
      // What cannot be read is no class of anybody's, and says so when it is packed.
    }
  };
  const lookInto = (value: unknown, level: number): void => {
    if (!(value instanceof Error)) return;
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
