// Promises of the engine's own class, followed as `await` follows them, without the async function around it.

const { then } = Promise.prototype;

/** Whether a value is such a promise. Throws what reading its constructor throws, which `await` reads as well. */
export function isNative(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise;
}

/**
 * A promise of what one of two functions makes of the outcome. By the engine's own `then`, whatever the promise
 * says that its `then` is. Throws a `TypeError` where it only looks like one.
 */
export function follow<T>(
  promise: Promise<unknown>,
  fulfilled: (value: unknown) => T | Promise<T>,
  rejected: (error: unknown) => T | Promise<T>,
): Promise<T> {
  return then.call(promise, fulfilled, rejected) as Promise<T>;
}
