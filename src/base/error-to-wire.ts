// Taking an error apart.

import {
  type ErrorClass,
  holdfastErrors,
  isSafeName,
  MOST_BYTES,
  MOST_LEVELS,
  MOST_TEXT_BYTES,
  nativeErrors,
  views,
  type Wire,
  type WireError,
  type WireErrorKind,
  type WireFields,
  type WireOptions,
} from './error-wire-format.ts';
import { HoldfastError } from './holdfast-error.ts';

// Kept for the notes that say what was left out: at most one a level, and the names of what stays empty.
const RESERVE_BYTES = 2_048;
const VALUE_BYTES = 16;
const ERROR_BYTES = 64;
const ownParts: ReadonlySet<string> = new Set(['message', 'stack', 'name']);
const none: ReadonlySet<string> = new Set();

/**
 * Whatever was thrown, as data that can be cloned to another thread and revived there by `fromWire`. Never
 * throws: what cannot be read, does not fit or is too deep is replaced by a text in brackets that says so.
 */
export function toWire(thrown: unknown, { classes = [] }: WireOptions = {}): Wire {
  return new Packing(classes).value(thrown, 1);
}

class Packing {
  readonly #classes: readonly ErrorClass[];
  readonly #ids = new Map<object, number>();
  #left = MOST_BYTES - RESERVE_BYTES;

  constructor(classes: readonly ErrorClass[]) {
    this.#classes = classes;
  }

  value(value: unknown, level: number): Wire {
    this.#left -= VALUE_BYTES;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'bigint':
        return this.#bigint(value);
      case 'symbol':
      case 'function':
        return `[a ${typeof value} cannot travel]`;
      case 'object':
        return value === null ? null : this.#object(value, level);
      default:
        return value as undefined | boolean | number;
    }
  }

  #object(value: object, level: number): Wire {
    const met = this.#ids.get(value);
    if (met !== undefined) return { t: 'ref', id: met };
    if (level > MOST_LEVELS) return `[deeper than ${MOST_LEVELS} levels]`;
    const id = this.#ids.size;
    this.#ids.set(value, id);
    try {
      if (isError(value)) return this.#error(value, id, level);
      if (Array.isArray(value)) return { t: 'array', id, items: this.#items(value, value.length, level) };
      if (value instanceof Date) return { t: 'date', id, ms: value.getTime() };
      if (value instanceof Set) return { t: 'set', id, items: this.#items(value, value.size, level) };
      if (value instanceof Map) return { t: 'map', id, entries: this.#entries(value, level) };
      if (ArrayBuffer.isView(value)) return this.#bytes(value, id);
      if (hasTextForm(value)) return this.value(value.toJSON(), level + 1);
      return { t: 'object', id, fields: this.#fields(value, level, none) };
    } catch {
      return '[cannot be read]';
    }
  }

  #error(error: Error, id: number, level: number): WireError {
    this.#left -= ERROR_BYTES;
    const { kind, type } = this.#classOf(error);
    const stack = textOf(error, 'stack');
    const packed: WireError = {
      t: 'error',
      id,
      kind,
      type,
      name: this.#text(textOf(error, 'name') ?? 'Error'),
      message: this.#text(textOf(error, 'message') ?? ''),
      ...(stack === undefined ? undefined : { stack: this.#text(stack) }),
      fields: this.#fields(error, level, ownParts),
    };
    if (isHidden(error, 'cause')) packed.cause = { value: this.#field(error, 'cause', level) };
    if (isHidden(error, 'errors')) packed.errors = this.#field(error, 'errors', level);
    return packed;
  }

  #classOf(error: Error): { kind: WireErrorKind; type: string } {
    const prototype: unknown = Object.getPrototypeOf(error);
    for (const listed of this.#classes) {
      if (listed.prototype === prototype) return { kind: 'user', type: listed.name };
    }
    if (HoldfastError.is(error) && holdfastErrors.has(error.name)) {
      return { kind: 'holdfast', type: error.name };
    }
    for (const [name, native] of nativeErrors) {
      if (native.prototype === prototype) return { kind: 'native', type: name };
    }
    if (prototype === AggregateError.prototype) return { kind: 'native', type: 'AggregateError' };
    // Which one it is, is in its name.
    if (error instanceof DOMException) return { kind: 'dom', type: 'DOMException' };
    return { kind: 'other', type: '' };
  }

  #fields(value: object, level: number, except: ReadonlySet<string>): WireFields {
    const fields: WireFields = [];
    const names = Object.keys(value).filter((name) => isSafeName(name) && !except.has(name));
    for (const [index, name] of names.entries()) {
      const field = read(value, name);
      if (typeof field === 'function' || typeof field === 'symbol') continue;
      this.#left -= bytesOf(name);
      if (this.#left <= 0) {
        fields.push(['...', `[${names.length - index} more, over ${MOST_BYTES} bytes]`]);
        break;
      }
      fields.push([name, this.value(field, level + 1)]);
    }
    return fields;
  }

  #field(value: object, name: string, level: number): Wire {
    return this.#left > 0 ? this.value(read(value, name), level + 1) : `[over ${MOST_BYTES} bytes]`;
  }

  #items(items: Iterable<unknown>, count: number, level: number): Wire[] {
    const packed: Wire[] = [];
    for (const item of items) {
      if (this.#left <= 0) {
        packed.push(`[${count - packed.length} more, over ${MOST_BYTES} bytes]`);
        break;
      }
      packed.push(this.value(item, level + 1));
    }
    return packed;
  }

  #entries(map: Map<unknown, unknown>, level: number): [Wire, Wire][] {
    const packed: [Wire, Wire][] = [];
    for (const [key, value] of map) {
      if (this.#left <= 0) {
        packed.push(['...', `[${map.size - packed.length} more, over ${MOST_BYTES} bytes]`]);
        break;
      }
      packed.push([this.value(key, level + 1), this.value(value, level + 1)]);
    }
    return packed;
  }

  #bytes(view: ArrayBufferView, id: number): Wire {
    const type = Object.prototype.toString.call(view).slice('[object '.length, -1);
    if (view.byteLength > this.#left) return `[${view.byteLength} bytes, over ${MOST_BYTES} bytes]`;
    this.#left -= view.byteLength;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    return { t: 'bytes', id, type: views.has(type) ? type : 'Uint8Array', bytes };
  }

  #bigint(value: bigint): Wire {
    const size = value.toString(16).length / 2;
    if (size > Math.min(MOST_TEXT_BYTES, this.#left)) return `[a bigint of ${Math.ceil(size)} bytes]`;
    this.#left -= size;
    return value;
  }

  #text(text: string): string {
    const room = Math.max(0, Math.min(MOST_TEXT_BYTES, this.#left));
    const start = text.slice(0, room);
    const fits = start.length === text.length && bytesOf(start) <= room;
    const kept = fits
      ? text
      : wholeCharacters(start, Math.floor((room * start.length) / Math.max(1, bytesOf(start))));
    this.#left -= bytesOf(kept);
    return fits ? text : `${kept}[... ${text.length} characters in all]`;
  }
}

function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return '[cannot be read]';
  }
}

function textOf(error: Error, name: 'name' | 'message' | 'stack'): string | undefined {
  try {
    const text = error[name];
    return text === undefined ? undefined : String(text);
  } catch {
    return '[cannot be read]';
  }
}

// What is enumerable travels among the fields.
function isHidden(error: Error, name: string): boolean {
  return Object.hasOwn(error, name) && !Object.prototype.propertyIsEnumerable.call(error, name);
}

// A URL, an id or a decimal has its value behind accessors, and says it this way.
function hasTextForm(value: object): value is { toJSON(): unknown } {
  const prototype = Object.getPrototypeOf(value);
  return (
    prototype !== null &&
    prototype !== Object.prototype &&
    typeof (value as { toJSON?: unknown }).toJSON === 'function'
  );
}

// An upper bound of the length in UTF-8: exact for ASCII, at most three bytes for any other unit.
function bytesOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text) ? text.length : text.length * 3;
}

function wholeCharacters(text: string, length: number): string {
  const half = /[\uD800-\uDBFF]$/;
  return text.slice(0, length).replace(half, '');
}
