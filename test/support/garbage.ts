// What is really held, on any runtime.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = () => void;

function collector(): Collect {
  const { Bun, gc } = globalThis as { Bun?: { gc(now: boolean): void }; gc?: Collect };
  if (Bun !== undefined) return () => Bun.gc(true);
  if (gc !== undefined) return gc;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}

const collect = collector();

/** Bytes of objects that something still holds. */
export function heldBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
