// The kernels that ship, for the scenarios.

import { KERNELS_BASE64 } from '../../src/state/kernels.wasm.ts';
import { sectionsOf } from '../support/wasm-sections.ts';
import { compileKernels } from './harness/compile.ts';
import { kernelOf } from './harness/kernel.ts';

export const shippedBinary = new Uint8Array(Buffer.from(KERNELS_BASE64, 'base64'));

/** The shipped binary with a section more: the names of its functions, so that a schedule can be read. */
async function named(): Promise<Uint8Array> {
  const compiled = await compileKernels();
  const sections = sectionsOf(compiled);
  for (const [name, section] of sectionsOf(shippedBinary)) {
    if (Buffer.compare(sections.get(name) ?? new Uint8Array(), section) === 0) continue;
    throw new Error(
      `the embedded kernels differ from assembly/ in their ${name} section: they must be built`,
    );
  }
  return compiled;
}

export const shipped = await kernelOf(await named());
