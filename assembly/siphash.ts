// SipHash-1-3 of a key in a thread's scratch area, keyed by a seed that every
// memory draws anew: nobody can invent keys that meet in one place.
//
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.

import { HEADER_SEED, THREAD_HASH, THREAD_SCRATCH, THREAD_SCRATCH_BYTES } from './layout';

/** Hashes the first `bytes` bytes of the scratch area of `row` and leaves the result in the row; never 0. */
export function keyHash(row: usize, bytes: i32): void {
  const size = min(max(bytes, 0), THREAD_SCRATCH_BYTES);
  const k0 = load<i64>(0, HEADER_SEED);
  const k1 = load<i64>(0, HEADER_SEED + 8);
  let v0: i64 = k0 ^ 0x736f6d6570736575;
  let v1: i64 = k1 ^ 0x646f72616e646f6d;
  let v2: i64 = k0 ^ 0x6c7967656e657261;
  let v3: i64 = k1 ^ 0x7465646279746573;
  const from = row + THREAD_SCRATCH;
  const words = size >> 3;
  // One round for each word and the tail, then three that finish.
  for (let i = 0; i < words + 4; i++) {
    let m: i64 = 0;
    if (i < words) m = load<i64>(from + <usize>(i << 3));
    else if (i == words) {
      const bits = (size & 7) << 3;
      if (bits) m = load<i64>(from + <usize>(i << 3)) & (((<i64>1) << bits) - 1);
      m |= i64(size) << 56;
    } else if (i == words + 1) v2 ^= 0xff;
    v3 ^= m;
    v0 += v1;
    v1 = rotl<i64>(v1, 13) ^ v0;
    v0 = rotl<i64>(v0, 32);
    v2 += v3;
    v3 = rotl<i64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<i64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<i64>(v1, 17) ^ v2;
    v2 = rotl<i64>(v2, 32);
    v0 ^= m;
  }
  const hash = v0 ^ v1 ^ v2 ^ v3;
  store<i64>(row, hash == 0 ? 1 : hash, THREAD_HASH);
}
