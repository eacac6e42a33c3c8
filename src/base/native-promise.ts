// Promises of the engine's own class, followed as `await` follows them, without the async function around it.

// As they were when this was loaded: whoever replaces them later does not change what an async function answers with.
const Native = Promise;
const { then } = Native.prototype;

/**
 * A promise of what one of two functions makes of the outcome of a promise. `undefined`, and nothing is followed, for
 * a value that is none of the engine's own, though it may look like one: that is for `await` to make sense of.
 */
export function follow<T>(
  value: unknown,
  fulfilled: (value: unknown) => T | Promise<T>,
  rejected: (error: unknown) => T | Promise<T>,
): Promise<T> | undefined {
  try {
    if (value instanceof Native && value.constructor === Native) {
      return then.call(value, fulfilled, rejected) as Promise<T>;
    }
  } catch {
    // A proxy, a prototype by itself, a class that cannot be read.
  }
  return undefined;
}
