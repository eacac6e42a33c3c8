// Where a binary's code touches memory, by offset: what the compiler's source map speaks of.

/** One load, store or atomic access in the code section. */
export interface CodeAccess {
  /** Offset of its instruction in the binary, and of the one after it. */
  readonly at: number;
  readonly next: number;
  readonly verb: Verb;
}

const VERBS = ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'] as const;
export type Verb = (typeof VERBS)[number];

/** Instructions of one byte with a number behind them: br, br_if, call, locals and globals, memory.size, constants. */
const ONE_NUMBER = new Set([0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42]);
const BLOCKS = new Set([0x02, 0x03, 0x04]);
/** Operands of instructions on many bytes at once, by number; conversions come before them and have none. */
const BULK: Partial<Record<number, number>> = { 8: 2, 9: 1, 10: 2, 11: 1 };
const CODE = 10;
/** Atomics come by verb, in the order of VERBS, seven widths each. */
const [FENCE, FIRST_ATOMIC, ATOMICS_A_VERB] = [0x03, 0x10, 7];

/** The accesses of a binary, in the order of its code. @throws at an instruction that kernels never have */
export function accessesIn(binary: Uint8Array): readonly CodeAccess[] {
  const found: CodeAccess[] = [];
  let at = 8; // the magic word and the version
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const operands = (start: number, opcode: number) => {
    const touches = (verb: Verb) => {
      number();
      number();
      found.push({ at: start, next: at, verb });
    };
    if (BLOCKS.has(opcode)) at += 1;
    else if (ONE_NUMBER.has(opcode)) number();
    else if (opcode === 0x0e) for (let targets = number(); targets >= 0; targets--) number();
    else if (opcode === 0x43) at += 4;
    else if (opcode === 0x44) at += 8;
    else if (opcode >= 0x28 && opcode <= 0x3e) touches(opcode < 0x36 ? 'load' : 'store');
    else if (opcode === 0xfc) for (let rest = BULK[number()] ?? 0; rest > 0; rest--) number();
    else if (opcode === 0xfe) {
      const which = number();
      if (which === FENCE) at += 1;
      else if (which < FENCE)
        at += 2; // waits and notifications are no accesses here
      else touches(VERBS[Math.floor((which - FIRST_ATOMIC) / ATOMICS_A_VERB)]);
    } else if (opcode === 0x11 || (opcode > 0x1b && opcode < 0x20) || opcode > 0xc4)
      throw new Error(`instruction ${opcode.toString(16)} at ${start} is not modelled`);
  };
  while (at < binary.length) {
    const section = binary[at++];
    const end = number() + at;
    if (section !== CODE) {
      at = end;
      continue;
    }
    for (let functions = number(); functions > 0; functions--) {
      const size = number();
      const last = at + size;
      for (let groups = number(); groups > 0; groups--) {
        number();
        at += 1;
      }
      while (at < last) {
        const start = at++;
        operands(start, binary[start]);
      }
      if (at !== last) throw new Error(`a function's code ends at ${at}, not at ${last}`);
    }
  }
  return found;
}
