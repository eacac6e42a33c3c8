// Walks and rewrites the expression tree of a function. Every kind of expression that may appear is listed
// here with its children; any other is refused, because a step that is not seen is a schedule that is not tried.

import binaryen from 'binaryen';

/** A node of the tree, as binaryen hands it out. */
export type Expression = number;

type Accessors = Record<string, (...of: number[]) => number>;

const { ExpressionIds, ...wrappers } = binaryen as unknown as Record<string, Accessors> & {
  ExpressionIds: Record<string, number>;
};

const nameOf = new Map(Object.entries(ExpressionIds).map(([name, id]) => [id, name]));

const ACCESSES: Record<string, readonly string[]> = {
  Load: ['Ptr'],
  Store: ['Ptr', 'Value'],
  AtomicRMW: ['Ptr', 'Value'],
  AtomicCmpxchg: ['Ptr', 'Expected', 'Replacement'],
};

const CHILDREN: Record<string, readonly string[]> = {
  ...ACCESSES,
  If: ['Condition', 'IfTrue', 'IfFalse'],
  Loop: ['Body'],
  Break: ['Value', 'Condition'],
  Switch: ['Value', 'Condition'],
  LocalSet: ['Value'],
  Unary: ['Value'],
  Binary: ['Left', 'Right'],
  Select: ['IfTrue', 'IfFalse', 'Condition'],
  Drop: ['Value'],
  Return: ['Value'],
  // A binary that keeps globals is refused as a whole: instrument.ts.
  GlobalGet: [],
  GlobalSet: ['Value'],
  LocalGet: [],
  Const: [],
  Nop: [],
  Unreachable: [],
  AtomicFence: [],
  MemorySize: [],
};

const LISTS: Record<string, readonly [count: string, get: string, set: string]> = {
  Block: ['getNumChildren', 'getChildAt', 'setChildAt'],
  Call: ['getNumOperands', 'getOperandAt', 'setOperandAt'],
};

/** The kind of a node: `Load`, `If`, `Call`, … */
export function kindOf(expression: Expression): string {
  return (
    nameOf.get(binaryen.getExpressionId(expression)) ?? `expression ${binaryen.getExpressionId(expression)}`
  );
}

/** The accessors of a kind of node, or of `Function`, by binaryen's names. */
export function accessorsOf(kind: string): Accessors {
  return wrappers[kind];
}

/** The operands of a node that touches memory; undefined for any other. */
export function operandsOf(kind: string): readonly string[] | undefined {
  return ACCESSES[kind];
}

/** Whether nodes of a kind may appear in what is explored. */
export function isModelled(kind: string): boolean {
  return kind in CHILDREN || kind in LISTS;
}

/**
 * Replaces every child of a node by what `visit` makes of it. `dropped` tells whether the child's value is
 * thrown away.
 *
 * @throws when the node is of a kind that is not modelled: `memory.fill` and `memory.copy` are many steps in
 *   no promised order, and an indirect call has no callee to follow.
 */
export function rewriteChildren(
  node: Expression,
  visit: (child: Expression, dropped: boolean) => Expression,
): void {
  const kind = kindOf(node);
  const of = accessorsOf(kind);
  const put = (child: Expression, set: (now: Expression) => void) => {
    if (child === 0) return; // an optional child that is not there
    const now = visit(child, kind === 'Drop');
    if (now !== child) set(now);
  };
  const list = LISTS[kind];
  if (list) {
    const [count, get, set] = list;
    for (let i = 0; i < of[count](node); i++) put(of[get](node, i), (now) => of[set](node, i, now));
    return;
  }
  if (!CHILDREN[kind]) throw new Error(`${kind} is not modelled: no schedule of it can be explored`);
  for (const name of CHILDREN[kind]) put(of[`get${name}`](node), (now) => of[`set${name}`](node, now));
}
