const NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
];

/** The sections of a WebAssembly binary by name; a number instead of a name for one that is not known. */
export function sectionsOf(binary: Uint8Array): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let at = 8; // the magic word and the version
  while (at < binary.length) {
    const name = NAMES[binary[at]] ?? String(binary[at]);
    const [size, body] = leb128(binary, at + 1);
    found.set(name, binary.subarray(body, body + size));
    at = body + size;
  }
  return found;
}

function leb128(bytes: Uint8Array, start: number): [value: number, next: number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
