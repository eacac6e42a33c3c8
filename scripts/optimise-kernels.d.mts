/** Optimises until nothing gets smaller. `names` keeps the names of functions, and changes nothing else. */
export function optimised(emitted: Uint8Array, options?: { names?: boolean }): Uint8Array;
