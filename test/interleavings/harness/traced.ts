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
  let written: Uint8Array | undefined;
  const origins = () => {
    const { placeAt } = sourceMap(map);
    return accessesIn(written as Uint8Array).map(({ at }) => placeAt(at)?.line);
  };
  const readAndNumber = (bytes: Uint8Array) => {
    const m = readBinary(bytes);
    // What it has written itself it may read again: the accesses keep their numbers.
    numberAccesses(m, bytes === written ? origins() : undefined);
    const write = m.emitBinary.bind(m) as (url: string) => { binary: Uint8Array; sourceMap: string };
    const writeWithMap = () => {
      const { binary, sourceMap: itsMap } = write('map');
      map = itsMap;
      written = binary;
      return binary;
    };
    return Object.assign(m, { emitBinary: writeWithMap });
  };
  Object.assign(binaryen, { readBinary: readAndNumber });
  try {
    const binary = optimise(emitted);
    return { binary, origins: origins() };
  } finally {
    Object.assign(binaryen, { readBinary });
  }
}

/** Numbers the accesses in the order of the code, or as they were before. */
function numberAccesses(m: binaryen.Module, before?: readonly (number | undefined)[]): void {
  const file = m.addDebugInfoFileName('accesses');
  let count = 0;
  for (let i = 0; i < m.getNumFunctions(); i++) {
    const ref = m.getFunctionByIndex(i);
    const { base, body } = binaryen.getFunctionInfo(ref) as { base: string; body: Expression };
    if (base) continue; // imported
    const visit = (node: Expression): Expression => {
      // What cannot be explored is refused when it is instrumented.
      if (isModelled(kindOf(node))) rewriteChildren(node, visit);
      if (operandsOf(kindOf(node))) {
        const place = before === undefined ? count : before[count];
        // Lines of a source map count from 1 here, and from 0 when it is read.
        if (place !== undefined) m.setDebugLocation(ref, node, file, place + 1, 0);
        count++;
      }
      return node;
    };
    visit(body);
  }
}
