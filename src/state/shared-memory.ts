// The memory that all threads share, as types have it that users see too: those need not know WebAssembly, which
// Node's leave out.

/** A `WebAssembly.Memory`, or what looks like one. */
export interface SharedMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}
