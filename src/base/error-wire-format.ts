// How an error travels between threads.
//
// What structured cloning does to an error by itself: its class is lost, its code and its own fields too. So it
// is taken apart into plain data here and put together again there. The data is a tree of tagged nodes:
//
//   { t: 'error', kind: 'holdfast', type: 'TimeoutError', name, message, stack, fields, cause?, errors? }
//   { t: 'object', fields }   { t: 'array', items }   { t: 'map', … }   { t: 'set', … }
//   { t: 'date', ms }         { t: 'bytes', type, bytes }
//   { t: 'ref', id }          the node with that id again: a cycle, or the same object twice
//   anything else             is itself: undefined, null, a boolean, a number, a bigint, a text
//
// What is left out is left out visibly: in its place stands a text in brackets that says why.

import * as errors from './errors.ts';

/** Levels of nesting that travel; the error itself is the first. */
export const MOST_LEVELS = 8;
/** Bytes that travel, in all; a text counts by its UTF-8 length. */
export const MOST_BYTES = 65_536;
/** Bytes of one text, so that a long message does not leave room for nothing else. */
export const MOST_TEXT_BYTES = 16_384;
/** Nodes and values that are revived; more than `MOST_BYTES` can hold are not ours. */
export const MOST_VALUES = 65_536;

/** A value on its way: plain data that can be cloned. */
export type Wire = undefined | null | boolean | number | bigint | string | WireNode;

/** Own fields by name, in their order. */
export type WireFields = [name: string, value: Wire][];

/** Where an error's class is to be looked for. */
export type WireErrorKind = 'native' | 'dom' | 'holdfast' | 'user' | 'other';

/** An error on its way. */
export interface WireError {
  t: 'error';
  id: number;
  kind: WireErrorKind;
  /** The class's name within its kind. */
  type: string;
  name: string;
  message: string;
  stack?: string;
  fields: WireFields;
  cause?: { value: Wire };
  errors?: Wire;
}

/** A tagged node; by its id it is referred to where it is met again. */
export type WireNode =
  | WireError
  | { t: 'object'; id: number; fields: WireFields }
  | { t: 'array'; id: number; items: Wire[] }
  | { t: 'map'; id: number; entries: [Wire, Wire][] }
  | { t: 'set'; id: number; items: Wire[] }
  | { t: 'date'; id: number; ms: number }
  | { t: 'bytes'; id: number; type: string; bytes: Uint8Array }
  | { t: 'ref'; id: number };

/** A class of errors: its constructor is never called here, so its parameters do not matter. */
export interface ErrorClass {
  readonly name: string;
  readonly prototype: Error;
}

/** What both ends may be told. */
export interface WireOptions {
  /** Classes of the user's that keep their class, by name; both ends must know them. */
  classes?: readonly ErrorClass[];
}

/** The classes of the language. */
export const nativeErrors: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError].map((each) => [
    each.name,
    each as ErrorConstructor,
  ]),
);

/** The classes of this package. */
export const holdfastErrors: ReadonlyMap<string, ErrorClass> = new Map(
  Object.values(errors as unknown as Record<string, ErrorClass>).map((each) => [each.prototype.name, each]),
);

/** The views on bytes that keep their class. */
export const views: ReadonlyMap<string, new (buffer: ArrayBuffer) => unknown> = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ].map((each) => [each.name, each]),
);

// Fields by these names would reach into prototypes, or belong to the error itself.
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a field of this name may travel. */
export function isSafeName(name: unknown): name is string {
  return typeof name === 'string' && !forbidden.has(name);
}
