// The function that an access becomes: it first calls `step`, then does what the access did.
//
// `step(site, part, address)` answers which mutation of this site is asked for, so that one instrumented
// binary holds every mutant of every atomic site:
//
//   torn    a read-modify-write is a load and, one step later, a store; a compare-and-swap loads, compares,
//           and one step later stores
//   blind   a compare-and-swap stores without comparing and says that it found what was expected
//   lost    nothing is stored: a read-modify-write only reads, a compare-and-swap says that it was done

import binaryen from 'binaryen';
import { accessorsOf, type Expression, kindOf } from './expressions.ts';
import type { Site } from './site.ts';

/** What `step` answers. */
export const UNCHANGED = 0;
export const TORN = 1;
export const BLIND = 2;
export const LOST = 3;

const { i32, none } = binaryen;

/**
 * Adds the helper of one site and returns its name.
 *
 * @param node the access itself, with no operands of its own any more: it moves into the helper, whose
 *   parameters are what its operands were
 */
export function addHelper(
  m: binaryen.Module,
  site: Site,
  node: Expression,
  operands: readonly string[],
): string {
  const kind = kindOf(node);
  const of = accessorsOf(kind);
  const types = operands.map((name) => binaryen.getExpressionType(of[`get${name}`](node)));
  const type = binaryen.getExpressionType(node);
  const offset = of.getOffset(node);
  const get = (index: number) => m.local.get(index, types[index]);
  const step = (part: number) =>
    m.call('step', [m.i32.const(site.id), m.i32.const(part), m.i32.add(get(0), m.i32.const(offset))], i32);
  for (const [index, name] of operands.entries()) of[`set${name}`](node, get(index));

  const vars = [i32, type === none ? i32 : type];
  const [mutation, seen] = [types.length, types.length + 1];
  const was = () => m.local.get(seen, type);
  const asked = (which: number) => m.i32.eq(m.local.get(mutation, i32), m.i32.const(which));
  const load = () => m.local.set(seen, narrow(m, site).load(offset, site.size, get(0)));
  const store = (value: Expression) => narrow(m, site).store(offset, site.size, get(0), value);
  const whole = site.type === 'i64' ? m.i64 : m.i32;

  const body = [m.local.set(mutation, step(0))];
  if (site.operation === 'rmw') {
    body.push(m.if(asked(LOST), m.block(null, [load(), m.return(was())])));
    const changed = changedBy(m, site, of.getOp(node), was(), get(1));
    body.push(m.if(asked(TORN), m.block(null, [load(), m.drop(step(1)), store(changed), m.return(was())])));
  }
  if (site.operation === 'cmpxchg') {
    const thenStore = m.if(whole.eq(was(), get(1)), m.block(null, [m.drop(step(1)), store(get(2))]));
    body.push(m.if(asked(TORN), m.block(null, [load(), thenStore, m.return(was())])));
    body.push(m.if(asked(LOST), m.return(get(1))));
    body.push(m.if(asked(BLIND), m.block(null, [store(get(2)), m.return(get(1))])));
  }
  const name = `access${site.id}`;
  m.addFunction(name, binaryen.createType(types), type, vars, m.block(null, [...body, node], type));
  return name;
}

/** Plain load and store of the site's width. */
function narrow(m: binaryen.Module, site: Site) {
  if (site.type === 'i64' && site.size === 8) return m.i64;
  if (site.type === 'i64' && site.size === 4) return { load: m.i64.load32_u, store: m.i64.store32 };
  const of = site.type === 'i64' ? m.i64 : m.i32;
  if (site.size === 1) return { load: of.load8_u, store: of.store8 };
  if (site.size === 2) return { load: of.load16_u, store: of.store16 };
  return m.i32;
}

function changedBy(m: binaryen.Module, site: Site, op: number, was: Expression, by: Expression): Expression {
  const whole = site.type === 'i64' ? m.i64 : m.i32;
  switch (op) {
    case binaryen.AtomicRMWAdd:
      return whole.add(was, by);
    case binaryen.AtomicRMWSub:
      return whole.sub(was, by);
    case binaryen.AtomicRMWAnd:
      return whole.and(was, by);
    case binaryen.AtomicRMWOr:
      return whole.or(was, by);
    case binaryen.AtomicRMWXor:
      return whole.xor(was, by);
    default:
      return by; // an exchange
  }
}
