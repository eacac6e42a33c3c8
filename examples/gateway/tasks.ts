// What runs on worker threads: each takes longer than an event loop may stand still.

import { randomBytes, scryptSync } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import { BadInputError } from './bad-input.ts';
import { type Summary, summarise } from './summary.ts';

export interface Digest {
  bytes: number;
  salt: string;
  scrypt: string;
}

/** scrypt with N = 2¹⁴, r = 8, p = 1 and a salt of its own: about 50 ms of a core. */
export function digest(body: Uint8Array): Digest {
  const salt = randomBytes(16);
  const key = scryptSync(body, salt, 32);
  return { bytes: body.byteLength, salt: salt.toString('hex'), scrypt: key.toString('hex') };
}

export function compress(body: Uint8Array): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength };
  return brotliCompressSync(body, { params });
}

/** Checks that a body is JSON in UTF-8 and says what is in it. Throws a `BadInputError`. */
export function parse(body: Uint8Array): Summary {
  return summarise(read(body), body.byteLength);
}

function read(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new BadInputError(`the body is not JSON: ${(error as Error).message}`);
  }
}
