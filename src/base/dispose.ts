// The symbols behind `using` and `await using`, where the engine may not have them yet.
//
// An engine without them gets those of the global registry, which compilers fall back to as well, so that code
// compiled by any of them finds the same ones.

/** `Symbol.dispose`. */
export const DISPOSE: typeof Symbol.dispose = provided('dispose');
/** `Symbol.asyncDispose`. */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose = provided('asyncDispose');

function provided(name: 'dispose' | 'asyncDispose'): never {
  const given: unknown = Symbol[name];
  if (typeof given === 'symbol') return given as never;
  const symbol = Symbol.for(`Symbol.${name}`);
  try {
    Object.defineProperty(Symbol, name, { value: symbol });
  } catch {
    // A frozen Symbol: `using` does not work here, calling the method does.
  }
  return symbol as never;
}
