/** A function in the code section: its locals' types, one entry each, and its instructions in hexadecimal. */
export interface Body {
  readonly locals: readonly number[];
  readonly instructions: string;
}

/** The functions of a binary's code section. */
export function bodiesOf(code: Uint8Array): readonly Body[] {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = code[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  return Array.from({ length: number() }, () => {
    const size = number();
    const end = at + size;
    const locals: number[] = [];
    for (let groups = number(); groups > 0; groups--) {
      const count = number();
      locals.push(...new Array<number>(count).fill(code[at++]));
    }
    const instructions = Buffer.from(code.subarray(at, end)).toString('hex');
    at = end;
    return { locals, instructions };
  });
}
