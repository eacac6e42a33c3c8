// Turns the shipped binary into one that can be stopped before every access to memory.
//
// Each load, store and atomic access moves into a helper function that first calls `env.step`; binaryen's
// `asyncify` then makes a coroutine of every kernel, so that `step` can park it and have it continue later.
// Nothing else is changed, and nothing is optimised: what is explored is the code that ships.

import binaryen from 'binaryen';
import { sectionsOf } from '../../support/wasm-sections.ts';
import { accessorsOf, type Expression, kindOf, operandsOf, rewriteChildren } from './expressions.ts';
import { addHelper } from './helper.ts';
import { PLACES } from './places.ts';
import { under } from './settings.ts';
import type { Kind, Operation, Site } from './site.ts';

export interface Instrumented {
  readonly binary: Uint8Array;
  readonly sites: readonly Site[];
  /** The most pages the binary lets its memory have. */
  readonly maximumPages: number;
}

const OPERATIONS: Record<string, Operation> = {
  Load: 'load',
  Store: 'store',
  AtomicRMW: 'rmw',
  AtomicCmpxchg: 'cmpxchg',
};

/**
 * @throws when the binary has mutable state outside its memory, or an expression that is not modelled: its
 *   schedules could not all be explored
 */
export function instrument(binary: Uint8Array): Instrumented {
  const m = open(binary);
  try {
    const sections = sectionsOf(binary);
    if (sections.has('global')) throw new Error('the binary has globals: state that no schedule could save');
    if (sections.has('data')) throw new Error('the binary has data, which every instance writes again');
    const maximumPages = m.getMemoryInfo().max ?? 65_536;
    m.addFunctionImport(
      'step',
      'env',
      'step',
      binaryen.createType([binaryen.i32, binaryen.i32, binaryen.i32]),
      binaryen.i32,
    );
    const places = placesIn(binary);
    const sites = moveAccesses(m, places ?? []);
    if (places && places.length !== sites.length) {
      throw new Error(`${places.length} places for ${sites.length} accesses`);
    }
    // Asyncify itself drops locals that need not be kept, and so makes frames small.
    return under({ optimizeLevel: 2, shrinkLevel: 0, stackIR: false }, () => {
      makeCoroutines(m);
      if (!m.validate()) throw new Error('the instrumented binary is not valid');
      return { binary: m.emitBinary(), sites, maximumPages };
    });
  } finally {
    m.dispose();
  }
}

/**
 * The binary read and written again, unchanged: the same instructions show that binaryen understands all of it.
 * Where the compiler left a value on the stack instead of in a local, the reader adds a local that nobody uses.
 */
export function rewritten(binary: Uint8Array): Uint8Array {
  const m = open(binary);
  try {
    return under({ optimizeLevel: 0, shrinkLevel: 0, stackIR: false }, () => m.emitBinary());
  } finally {
    m.dispose();
  }
}

function open(binary: Uint8Array): binaryen.Module {
  const m = binaryen.readBinary(binary);
  const { Features } = binaryen as unknown as { Features: Record<string, number> };
  // Named one by one: with all features on, binaryen writes types and instructions engines do not know.
  m.setFeatures(
    Features.Atomics |
      Features.MutableGlobals |
      Features.NontrappingFPToInt |
      Features.SignExt |
      Features.BulkMemory,
  );
  return m;
}

/** What the source calls the accesses of the binary, if it says so: harness/places.ts. */
function placesIn(binary: Uint8Array): readonly (string | null)[] | undefined {
  const module = new WebAssembly.Module(binary.slice());
  const [section] = WebAssembly.Module.customSections(module, PLACES);
  return section && JSON.parse(new TextDecoder().decode(section));
}

function moveAccesses(m: binaryen.Module, places: readonly (string | null)[]): Site[] {
  const sites: Site[] = [];
  const seen = new Map<string, number>();
  const exported = new Map<string, string>();
  for (let i = 0; i < m.getNumExports(); i++) {
    const { value, name } = binaryen.getExportInfo(m.getExportByIndex(i));
    if (!exported.has(value)) exported.set(value, name);
  }

  const siteAt = (kernel: string, node: Expression, dropped: boolean): Site => {
    const operation = OPERATIONS[kindOf(node)];
    const of = accessorsOf(kindOf(node));
    const size = of.getBytes(node);
    const plain = `${kernel} ${verb(node)}${size * 8}+${of.getOffset(node)}`;
    const count = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, count);
    return {
      id: sites.length,
      label: places[sites.length] ?? (count === 1 ? plain : `${plain} #${count}`),
      kernel,
      operation,
      type: typeOf(node),
      size,
      atomic: operation === 'rmw' || operation === 'cmpxchg' || Boolean(of.isAtomic(node)),
      kind: kindOfAccess(node, dropped),
    };
  };

  const visit = (kernel: string, node: Expression, dropped: boolean): Expression => {
    rewriteChildren(node, (child, isDropped) => visit(kernel, child, isDropped));
    const operands = operandsOf(kindOf(node));
    // An access whose operand never arrives (it returns or traps first) is never made.
    if (!operands || binaryen.getExpressionType(node) === binaryen.unreachable) return node;
    const of = accessorsOf(kindOf(node));
    const values = operands.map((name) => of[`get${name}`](node));
    const type = binaryen.getExpressionType(node);
    const site = siteAt(kernel, node, dropped);
    sites.push(site);
    return m.call(addHelper(m, site, node, operands), values, type);
  };

  const functions = Array.from({ length: m.getNumFunctions() }, (_, i) => m.getFunctionByIndex(i));
  for (const each of functions.map((ref) => ({ ref, ...binaryen.getFunctionInfo(ref) }))) {
    if (each.base) continue; // imported
    const kernel = exported.get(each.name) ?? each.name.slice(each.name.lastIndexOf('/') + 1);
    accessorsOf('Function').setBody(each.ref, visit(kernel, each.body, false));
  }
  return sites;
}

function makeCoroutines(m: binaryen.Module): void {
  // Arguments belong to the process, not to the module: they are cleared at once.
  binaryen.setPassArgument('asyncify-imports', 'env.step');
  m.runPasses(['asyncify']);
  binaryen.clearPassArguments();
}

function verb(node: Expression): string {
  const kind = kindOf(node);
  if (kind === 'AtomicCmpxchg') return 'cmpxchg';
  if (kind === 'AtomicRMW') return rmwName(accessorsOf(kind).getOp(node));
  return kind.toLowerCase();
}

function rmwName(op: number): string {
  if (op === binaryen.AtomicRMWAdd) return 'add';
  if (op === binaryen.AtomicRMWSub) return 'sub';
  if (op === binaryen.AtomicRMWAnd) return 'and';
  if (op === binaryen.AtomicRMWOr) return 'or';
  return op === binaryen.AtomicRMWXor ? 'xor' : 'xchg';
}

/** A read-modify-write commutes with others of its sort only when nobody looks at the old value. */
function kindOfAccess(node: Expression, dropped: boolean): Kind {
  const kind = kindOf(node);
  if (kind === 'Load') return 'read';
  if (kind !== 'AtomicRMW' || !dropped) return 'write';
  const name = rmwName(accessorsOf(kind).getOp(node));
  if (name === 'sub') return 'add';
  return name === 'xchg' ? 'write' : (name as Kind);
}

function typeOf(node: Expression): Site['type'] {
  const kind = kindOf(node);
  const of = accessorsOf(kind);
  const type =
    kind === 'Store' ? binaryen.getExpressionType(of.getValue(node)) : binaryen.getExpressionType(node);
  if (type === binaryen.i64) return 'i64';
  if (type === binaryen.f64) return 'f64';
  return type === binaryen.f32 ? 'f32' : 'i32';
}
