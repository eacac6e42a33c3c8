// Names for accesses that outlive a change of the compiler's mind: by the function and the words of the source,
// wherever the compiler has put the code and however often.
//
//   markMove cmpxchg64 BREAKER_MARK        atomic.cmpxchg<i64>(slot, mark, markWord(…), BREAKER_MARK)
//   fencedAdd add32 shared #2              the second atomic.add<i32>(shared, change) of the function

import { accessesIn, type CodeAccess, type Verb } from './code.ts';
import { type Place, sourceMap } from './source-map.ts';

/** The section of a compiled binary in which they stand, as JSON. */
export const PLACES = 'places';

const ACCESS = /\b(?:atomic\.)?(load|store|add|sub|and|or|xor|xchg|cmpxchg)<([iuf](?:8|16|32|64))>\(/g;
/** How many operands an access has before the constant that is added to its address; two when it is not here. */
const OPERANDS: Partial<Record<Verb, number>> = { load: 1, cmpxchg: 3 };

/** One access as the source has it: from its first character to its closing bracket. */
interface Written {
  readonly from: number;
  readonly to: number;
  readonly verb: Verb;
  readonly label: string;
}

/** The name of each access of a binary, in the order of its code; null where the map does not tell. */
export function placesOf(
  binary: Uint8Array,
  map: string,
  sources: ReadonlyMap<string, string>,
): readonly (string | null)[] {
  const { placeAt, placeBefore } = sourceMap(map);
  const written = new Map([...sources].map(([file, text]) => [file, accessesOf(text)]));
  const offsetOf = ({ file, line, column }: Place) => {
    const lines = (sources.get(file) ?? '').split('\n');
    return lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, column);
  };
  const find = (place: Place | undefined, fits: (access: Written, offset: number) => boolean) => {
    if (!place) return undefined;
    const offset = offsetOf(place);
    return (written.get(place.file) ?? []).filter((each) => fits(each, offset));
  };
  const name = ({ at, next, verb }: CodeAccess) => {
    const from = (place?: Place) =>
      find(place, (each, offset) => each.from >= offset && each.verb === verb)?.[0];
    const around = (place?: Place) =>
      find(place, (each, offset) => each.from < offset && offset < each.to)?.findLast(() => true);
    const own = placeAt(at);
    if (own) return from(own)?.label ?? null;
    // One whose value is converted, or thrown away, has no place of its own. Its operands mostly have; where they
    // have none the conversion has, or what came before.
    const operand = around(placeBefore(at));
    const found = operand?.verb === verb ? operand : from(verb === 'load' ? placeAt(next) : placeBefore(at));
    return found?.label ?? null;
  };
  return accessesIn(binary).map(name);
}

function accessesOf(text: string): Written[] {
  const functions = [...text.matchAll(/\bfunction (\w+)/g)];
  const seen = new Map<string, number>();
  return [...text.matchAll(ACCESS)].map((match) => {
    const [whole, verb, type] = match;
    const owner = functions.findLast(({ index }) => index < match.index)?.[1] ?? 'nowhere';
    const { operands, to } = operandsAt(text, match.index + whole.length);
    const word = brief(operands[OPERANDS[verb as Verb] ?? 2] ?? operands[0]);
    const plain = `${owner} ${verb}${type.slice(1)} ${word}`;
    const count = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, count);
    return { from: match.index, to, verb: verb as Verb, label: count === 1 ? plain : `${plain} #${count}` };
  });
}

/** `slot + CALLS_AT + <usize>(index << 3)` is `slot + CALLS_AT`. */
function brief(operand: string): string {
  return operand.replaceAll('<usize>', '').replace(/[ +]*[(:?].*$/s, '');
}

/** What stands between commas up to the closing bracket. */
function operandsAt(text: string, start: number): { operands: readonly string[]; to: number } {
  const operands: string[] = [];
  let [depth, from] = [0, start];
  for (let at = start; at < text.length; at++) {
    if (text[at] === ',' && depth === 0) {
      operands.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (text[at] === '(') depth++;
    else if (text[at] === ')' && depth-- === 0) {
      return { operands: [...operands, text.slice(from, at).trim()], to: at };
    }
  }
  throw new Error('a bracket is never closed');
}
