// Putting an error together again.

import {
  holdfastErrors,
  isSafeName,
  MOST_LEVELS,
  MOST_VALUES,
  nativeErrors,
  views,
  type WireOptions,
} from './error-wire-format.ts';
import { untraced } from './holdfast-error.ts';

// What stands in the deepest level lies one deeper.
const MOST_DEPTH = MOST_LEVELS + 1;
/**
 * What `toWire` took apart, as it was: an error of a known class is an instance of it, made without calling its
 * constructor; any other is an `Error` with its name. The classes known are those of the language, those of
 * this package and the listed ones. Never throws and never touches a prototype: for data that `toWire` did not
 * make, gives an `Error` that says so.
 */
export function fromWire(wire: unknown, { classes = [] }: WireOptions = {}): unknown {
  try {
    return new Reviving(new Map(classes.map((each) => [each.name, each.prototype]))).value(wire, 1);
  } catch {
    return new Error('what another thread sent as an error cannot be read');
  }
}

type Unknowns = Record<string, unknown>;

class Reviving {
  readonly #classes: ReadonlyMap<string, Error>;
  readonly #revived = new Map<unknown, unknown>();
  #left = MOST_VALUES;

  constructor(classes: ReadonlyMap<string, Error>) {
    this.#classes = classes;
  }

  value(wire: unknown, depth: number): unknown {
    demand(--this.#left >= 0 && depth <= MOST_DEPTH);
    demand(typeof wire !== 'function' && typeof wire !== 'symbol');
    if (typeof wire !== 'object' || wire === null) return wire;
    const node = wire as Unknowns;
    switch (node.t) {
      case 'error':
        return this.#error(node, depth);
      case 'object':
        return this.#fields(this.#keep(node, {}), node.fields, depth);
      case 'array':
        return this.#array(node, depth);
      case 'set':
        return this.#set(node, depth);
      case 'map':
        return this.#map(node, depth);
      case 'date':
        return this.#keep(node, new Date(numberFrom(node.ms)));
      case 'bytes':
        return this.#keep(node, bytesFrom(node));
      case 'ref':
        return this.#revived.has(node.id) ? this.#revived.get(node.id) : '[cannot be read]';
      default:
        return demand(false);
    }
  }

  #error(node: Unknowns, depth: number): Error {
    const error = this.#keep(node, this.#bare(node));
    // The name of a class is its prototype's; another one is the error's own.
    const name = textFrom(node.name);
    if (error.name !== name) define(error, 'name', name, false);
    if (node.stack !== undefined) define(error, 'stack', textFrom(node.stack), false);
    this.#fields(error, node.fields, depth);
    if (node.cause !== undefined) {
      demand(typeof node.cause === 'object');
      define(error, 'cause', this.value((node.cause as Unknowns).value, depth + 1), false);
    }
    if (node.errors !== undefined) define(error, 'errors', this.value(node.errors, depth + 1), false);
    return error;
  }

  // A true error of the engine's, so that it is shown and cloned as one; only its prototype is set afterwards.
  #bare({ kind, type, message, name }: Unknowns): Error {
    const text = textFrom(message);
    if (kind === 'dom') return new DOMException(text, textFrom(name));
    if (kind === 'native' && type === 'AggregateError') return untraced(() => new AggregateError([], text));
    const native = kind === 'native' ? nativeErrors.get(type as string) : undefined;
    const error = untraced(() => new (native ?? Error)(text));
    const prototype =
      kind === 'user'
        ? this.#classes.get(type as string)
        : kind === 'holdfast'
          ? holdfastErrors.get(type as string)?.prototype
          : undefined;
    return prototype === undefined ? error : Object.setPrototypeOf(error, prototype);
  }

  #fields<T extends object>(target: T, fields: unknown, depth: number): T {
    for (const field of arrayFrom(fields)) {
      const [name, value] = arrayFrom(field);
      demand(isSafeName(name));
      define(target, name as string, this.value(value, depth + 1), true);
    }
    return target;
  }

  #array(node: Unknowns, depth: number): unknown[] {
    const array = this.#keep(node, [] as unknown[]);
    for (const item of arrayFrom(node.items)) array.push(this.value(item, depth + 1));
    return array;
  }

  #set(node: Unknowns, depth: number): Set<unknown> {
    const set = this.#keep(node, new Set());
    for (const item of arrayFrom(node.items)) set.add(this.value(item, depth + 1));
    return set;
  }

  #map(node: Unknowns, depth: number): Map<unknown, unknown> {
    const map = this.#keep(node, new Map());
    for (const entry of arrayFrom(node.entries)) {
      const [key, value] = arrayFrom(entry);
      map.set(this.value(key, depth + 1), this.value(value, depth + 1));
    }
    return map;
  }

  // Before its parts, which may refer to it.
  #keep<T>(node: Unknowns, revived: T): T {
    this.#revived.set(numberFrom(node.id), revived);
    return revived;
  }
}

function bytesFrom({ type, bytes }: Unknowns): unknown {
  const View = views.get(textFrom(type)) as NonNullable<ReturnType<typeof views.get>>;
  demand(bytes instanceof Uint8Array);
  return new View((bytes as Uint8Array).slice().buffer as ArrayBuffer);
}

function define(target: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
}

function textFrom(value: unknown): string {
  demand(typeof value === 'string');
  return value as string;
}

function numberFrom(value: unknown): number {
  demand(typeof value === 'number');
  return value as number;
}

function arrayFrom(value: unknown): unknown[] {
  demand(Array.isArray(value));
  return value as unknown[];
}

function demand(holds: boolean): void {
  if (!holds) throw new TypeError('malformed');
}
