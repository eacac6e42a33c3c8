import { readFileSync } from 'node:fs';
import type { Instrumented } from './instrument.ts';
import { remembered } from './remember.ts';

const SOURCES = [
  'expressions.ts',
  'helper.ts',
  'instrument.ts',
  '../../../node_modules/binaryen/package.json',
];

/** The instrumented form of a binary, made once for each machine. */
export async function instrumented(binary: Uint8Array): Promise<Instrumented> {
  const sources = SOURCES.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  const kept = await remembered([binary, ...sources], async () => {
    const { instrument } = await import('./instrument.ts');
    const { binary: code, ...rest } = instrument(binary);
    return Buffer.from(JSON.stringify({ ...rest, binary: Buffer.from(code).toString('base64') }));
  });
  const read = JSON.parse(Buffer.from(kept).toString());
  return { ...read, binary: new Uint8Array(Buffer.from(read.binary, 'base64')) };
}
