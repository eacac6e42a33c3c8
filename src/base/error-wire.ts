// Errors between threads: `fromWire(toWire(error))` is the error, as far as another thread can have it.

export { fromWire } from './error-from-wire.ts';
export { toWire } from './error-to-wire.ts';
export type { ErrorClass, Wire, WireOptions } from './error-wire-format.ts';
