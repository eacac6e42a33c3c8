// Which place in the source an instruction was made from, as the compiler's source map says.

export interface Place {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly column: number;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export interface SourceMap {
  /** The place of the instruction at an offset. */
  readonly placeAt: (offset: number) => Place | undefined;
  /** The place of the last instruction before an offset that has one. */
  readonly placeBefore: (offset: number) => Place | undefined;
}

/** Reads the map of a binary: one line, by offset. */
export function sourceMap(text: string): SourceMap {
  const { mappings, sources } = JSON.parse(text) as { mappings: string; sources: string[] };
  const places = new Map<number, Place>();
  const sums = [0, 0, 0, 0];
  for (const segment of mappings.split(',')) {
    const fields = numbersIn(segment);
    for (const [index, field] of fields.entries()) sums[index] += field;
    const [offset, source, line, column] = sums;
    if (fields.length > 1) places.set(offset, { file: sources[source], line, column });
  }
  const known = [...places.keys()];
  return {
    placeAt: (offset) => places.get(offset),
    placeBefore: (offset) => places.get(known.findLast((each) => each < offset) ?? -1),
  };
}

/** Base 64, lowest digits first, six bits of which one says that more follow; the lowest bit of all is the sign. */
function numbersIn(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) * 2 ** shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  return numbers;
}
