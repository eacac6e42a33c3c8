// The one map of the shared memory; asc and tsc both compile this file.

/** Bytes from one slot to the next, so that two policies never share a cache line. */
export const SLOT_ALIGN = 128;
