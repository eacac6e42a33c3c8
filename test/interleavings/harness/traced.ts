// Follows accesses through the optimiser: each is given a number where the compiler has written it, in its own
// function and once, and is found again by that number wherever the optimiser has put it, and however often.

import binaryen from 'binaryen';
import { accessesIn } from './code.ts';
import { type Expression, isModelled, kindOf, operandsOf, rewriteChildren } from './expressions.ts';
import { sourceMap } from './source-map.ts';

type Optimise = (emitted: Uint8Array) => Uint8Array;

interface Traced {
  readonly binary: Uint8Array;
  /** For each access of the binary, in the order of its code, which one of the emitted binary it was. */
  readonly origins: readonly (number | undefined)[];
}

/**
 * Optimises a binary by way of `binaryen.readBinary`, and tells where each access came from.
 *
 * The numbers travel as lines of a source map, which the optimiser carries along and which changes nothing in the code.
 */
export function traced(emitted: Uint8Array, optimise: Optimise): Traced {
  const { readBinary } = binaryen;
  let map = '';
  const readAndNumber = (bytes: Uint8Array) => {
    const m = readBinary(bytes);
    numberAccesses(m);
    const write = m.emitBinary.bind(m) as (url: string) => { binary: Uint8Array; sourceMap: string };
    const writeWithMap = () => {
      const written = write('map');
      map = written.sourceMap;
      return written.binary;
    };
    return Object.assign(m, { emitBinary: writeWithMap });
  };
  Object.assign(binaryen, { readBinary: readAndNumber });
  try {
    const binary = optimise(emitted);
    const { placeAt } = sourceMap(map);
    return { binary, origins: accessesIn(binary).map(({ at }) => placeAt(at)?.line) };
  } finally {
    Object.assign(binaryen, { readBinary });
  }
}

function numberAccesses(m: binaryen.Module): void {
  const file = m.addDebugInfoFileName('accesses');
  let count = 0;
  for (let i = 0; i < m.getNumFunctions(); i++) {
    const ref = m.getFunctionByIndex(i);
    const { base, body } = binaryen.getFunctionInfo(ref) as { base: string; body: Expression };
    if (base) continue; // imported
    const visit = (node: Expression): Expression => {
      // What cannot be explored is refused when it is instrumented.
      if (isModelled(kindOf(node))) rewriteChildren(node, visit);
      // Lines of a source map count from 1 here, and from 0 when it is read.
      if (operandsOf(kindOf(node))) m.setDebugLocation(ref, node, file, ++count, 0);
      return node;
    };
    visit(body);
  }
}
