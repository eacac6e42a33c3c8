// An instrumented binary with the memory and the instances that its virtual threads use.

import { type Asks, Coroutine, type Host } from './coroutine.ts';
import type { Instrumented } from './instrument.ts';
import { instrumented } from './instrumented.ts';
import { UndoableMemory } from './memory.ts';
import type { Site } from './site.ts';

const PAGE = 65_536;
const PAGES = 8;

/** A binary made ready for machines. `asks`: functions of the host that it calls beside. */
export async function kernelOf(binary: Uint8Array, asks: Asks = {}): Promise<Kernel> {
  return new Kernel(await instrumented(binary), asks);
}

/**
 * Runtimes set aside gigabytes of address space for each shared memory, so a binary gets one memory and a few
 * instances for all its scenarios: only one machine of a kernel may be in use at a time.
 */
export class Kernel {
  readonly sites: readonly Site[];
  readonly memory: UndoableMemory;
  private readonly module: WebAssembly.Module;
  private readonly shared: WebAssembly.Memory;
  private readonly asks: Asks;
  private readonly coroutines: Coroutine[] = [];

  constructor({ binary, sites, maximumPages }: Instrumented, asks: Asks) {
    this.asks = asks;
    this.module = new WebAssembly.Module(binary);
    this.sites = sites;
    const pages = Math.min(PAGES, maximumPages);
    this.shared = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    // Parked locals lie in the last page, above everything a kernel is let near.
    this.memory = new UndoableMemory(this.shared, (pages - 1) * PAGE);
  }

  /** One coroutine a virtual thread, each with its own instance, as real threads have. */
  coroutinesFor(count: number, host: Host): readonly Coroutine[] {
    const stack = this.memory.limit;
    while (this.coroutines.length < count) {
      this.coroutines.push(new Coroutine(this.module, this.shared, this.asks, stack, stack + PAGE));
    }
    const used = this.coroutines.slice(0, count);
    for (const each of used) each.host = host;
    return used;
  }
}
