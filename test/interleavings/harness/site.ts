// Where the binary touches memory, and when two touches depend on each other.

/** How a site touches its bytes. `add`, `and`, `or` and `xor` are read-modify-writes whose old value nobody looks at. */
export type Kind = 'read' | 'write' | 'add' | 'and' | 'or' | 'xor';

export type Operation = 'load' | 'store' | 'rmw' | 'cmpxchg';

/** One load, store or atomic access in the code. */
export interface Site {
  readonly id: number;
  /**
   * What the source has there: `markMove cmpxchg64 BREAKER_MARK`. Sites share it where the compiler has put the code
   * into several functions. A binary whose source is not known has its functions and offsets instead.
   */
  readonly label: string;
  /** The function of the binary, by its exported name if it has one. */
  readonly kernel: string;
  readonly operation: Operation;
  readonly type: 'i32' | 'i64' | 'f32' | 'f64';
  /** In bytes. */
  readonly size: number;
  readonly atomic: boolean;
  readonly kind: Kind;
}

/** The host's own atomic read of a word, as programs may ask for it. */
export const LOOK: Site = {
  id: -1,
  label: 'host look32',
  kernel: 'host',
  operation: 'load',
  type: 'i32',
  size: 4,
  atomic: true,
  kind: 'read',
};

/** What a virtual thread does in one step: the site it stands at, and the address it computed. */
export interface Access {
  readonly site: Site;
  readonly address: number;
  readonly atomic: boolean;
  readonly kind: Kind;
}

export function overlaps(a: Access, b: Access): boolean {
  return a.address < b.address + b.site.size && b.address < a.address + a.site.size;
}

export function sameRange(a: Access, b: Access): boolean {
  return a.address === b.address && a.site.size === b.site.size;
}

/**
 * Whether the order of two steps of different threads can be seen by anybody. Two reads may be exchanged, and
 * so may two blind changes of one sort to the same word.
 */
export function conflicts(a: Access, b: Access): boolean {
  if (!overlaps(a, b)) return false;
  if (a.kind !== b.kind || a.kind === 'write') return true;
  return a.kind !== 'read' && !sameRange(a, b);
}

/**
 * Whether two accesses that may happen at the same time are a data race by the memory model of shared
 * WebAssembly memory: they overlap, one writes, and either one of them is plain or their ranges differ.
 */
export function races(a: Access, b: Access): boolean {
  if (!overlaps(a, b) || (a.kind === 'read' && b.kind === 'read')) return false;
  return !(a.atomic && b.atomic && sameRange(a, b));
}
