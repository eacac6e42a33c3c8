import assert from 'node:assert/strict';
import { fromWire, toWire, type WireOptions } from '../../src/base/error-wire.ts';

/** What arrives in another thread, which structured cloning stands between. */
export function carried(thrown: unknown, options?: WireOptions): unknown {
  return fromWire(structuredClone(toWire(thrown, options)), options);
}

/** The same, for what must arrive as an error. */
export function carriedError(thrown: unknown, options?: WireOptions): Error & Record<string, unknown> {
  const arrived = carried(thrown, options);
  assert.ok(arrived instanceof Error);
  return arrived as never;
}

/** A class of a user's, whose constructor must not be called to make one anew. */
export class NotFound extends Error {
  readonly id: number;
  constructor(id: number) {
    if (!Number.isInteger(id)) throw new TypeError('constructed anew');
    super(`nothing has id ${id}`);
    this.name = 'NotFound';
    this.id = id;
  }

  get isOdd() {
    return this.id % 2 === 1;
  }
}
