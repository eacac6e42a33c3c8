// SipHash-1-3 of a key in a thread's scratch area, keyed by a seed that every
// memory draws anew: nobody can invent keys that meet in one place.
//
// Every 64-bit lane is two halves, a (low) and b (high); an addition carries when
// the sum of the low halves comes out smaller than one of them.
//
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.

import * as layout from '../../../assembly/layout.ts';
import type { TwinMemory } from './memory.ts';

const { HEADER_SEED, THREAD_HASH, THREAD_SCRATCH, THREAD_SCRATCH_BYTES } = layout;

export function twinSiphash({ i32 }: TwinMemory) {
  /** Hashes the first `size` bytes of the scratch area of `row` and leaves the result in the row; never 0. */
  function keyHash(row: number, length: number): void {
    const size = Math.min(Math.max(length, 0), THREAD_SCRATCH_BYTES);
    const seed = HEADER_SEED >>> 2;
    let a0 = i32[seed] ^ 0x70736575;
    let b0 = i32[seed + 1] ^ 0x736f6d65;
    let a1 = i32[seed + 2] ^ 0x6e646f6d;
    let b1 = i32[seed + 3] ^ 0x646f7261;
    let a2 = i32[seed] ^ 0x6e657261;
    let b2 = i32[seed + 1] ^ 0x6c796765;
    let a3 = i32[seed + 2] ^ 0x79746573;
    let b3 = i32[seed + 3] ^ 0x74656462;
    const from = row + THREAD_SCRATCH;
    const words = size >> 3;
    // One round for each word and the tail, then three that finish.
    for (let i = 0; i < words + 4; i++) {
      let am = 0;
      let bm = 0;
      if (i < words) {
        am = i32[(from >>> 2) + (i << 1)];
        bm = i32[(from >>> 2) + (i << 1) + 1];
      } else if (i === words) {
        const bits = (size & 7) << 3;
        const at = (from >>> 2) + (i << 1);
        if (bits) am = bits < 32 ? i32[at] & ((1 << bits) - 1) : i32[at];
        if (bits > 32) bm = i32[at + 1] & ((1 << (bits - 32)) - 1);
        bm |= size << 24;
      } else if (i === words + 1) a2 ^= 0xff;
      a3 ^= am;
      b3 ^= bm;
      // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
      let a = (a0 + a1) | 0;
      let b = (b0 + b1 + (a >>> 0 < a0 >>> 0 ? 1 : 0)) | 0;
      let turned = (a1 << 13) | (b1 >>> 19);
      b1 = ((b1 << 13) | (a1 >>> 19)) ^ b;
      a1 = turned ^ a;
      a0 = b;
      b0 = a;
      // v2 += v3; v3 = rotl(v3, 16) ^ v2
      a = (a2 + a3) | 0;
      b2 = (b2 + b3 + (a >>> 0 < a2 >>> 0 ? 1 : 0)) | 0;
      a2 = a;
      turned = (a3 << 16) | (b3 >>> 16);
      b3 = ((b3 << 16) | (a3 >>> 16)) ^ b2;
      a3 = turned ^ a2;
      // v0 += v3; v3 = rotl(v3, 21) ^ v0
      a = (a0 + a3) | 0;
      b0 = (b0 + b3 + (a >>> 0 < a0 >>> 0 ? 1 : 0)) | 0;
      a0 = a;
      turned = (a3 << 21) | (b3 >>> 11);
      b3 = ((b3 << 21) | (a3 >>> 11)) ^ b0;
      a3 = turned ^ a0;
      // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
      a = (a2 + a1) | 0;
      b = (b2 + b1 + (a >>> 0 < a2 >>> 0 ? 1 : 0)) | 0;
      turned = (a1 << 17) | (b1 >>> 15);
      b1 = ((b1 << 17) | (a1 >>> 15)) ^ b;
      a1 = turned ^ a;
      a2 = b;
      b2 = a;
      a0 ^= am;
      b0 ^= bm;
    }
    const low = a0 ^ a1 ^ a2 ^ a3;
    const high = b0 ^ b1 ^ b2 ^ b3;
    const at = (row + THREAD_HASH) >>> 2;
    i32[at] = (low | high) === 0 ? 1 : low;
    i32[at + 1] = high;
  }

  return { keyHash };
}
