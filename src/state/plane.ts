// The state plane: one shared memory, and everything that gives a view of it.

import {
  CELL_BYTES,
  HEADER_BYTES_USED,
  HEADER_DIRECTORY_AT,
  HEADER_EVENTS_AT,
  HEADER_KEY_CELLS,
  HEADER_KEYS_AT,
  HEADER_LEDGER_AT,
  HEADER_MAGIC,
  HEADER_ORIGIN,
  HEADER_POLICIES,
  HEADER_SLOTS_AT,
  HEADER_THREAD_TOP,
  HEADER_THREADS,
  HEADER_THREADS_AT,
  HEADER_VERSION,
  LAYOUT_MAGIC,
  LAYOUT_VERSION,
  SLOT_BYTES,
  THREAD_BYTES,
} from '../../assembly/layout.ts';
import { OptionsError } from '../base/errors.ts';
import { type Engine, type EngineName, startEngine } from './engine.ts';
import { type Geometry, geometryOf, type PlaneSizes, ROOM_PER_KEY } from './geometry.ts';
import type { Kernels } from './kernels.ts';
import type { SharedMemory } from './shared-memory.ts';

/** The row of the thread that made the memory. */
export const MAIN_ROW = 0;
/** The fence of a thread whose death ends the process: it needs no ledger. */
export const UNFENCED = -1;

/** What another thread needs to take part: cloneable. */
export interface PlaneHandle {
  memory: SharedMemory;
  layout: number;
  row: number;
  fence: number;
  engine: EngineName;
}

/** One thread's view of a shared memory. The memory belongs to all threads, the view to one. */
export class StatePlane {
  readonly memory: SharedMemory;
  readonly kernels: Kernels;
  readonly engine: Engine;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly bytes: Uint8Array;
  readonly sizes: PlaneSizes;
  readonly geometry: Geometry;
  /** The clock reading that is time 0 here. */
  readonly originMs: number;
  /** This thread's row, its address, and the generation it may change the ledger under. */
  readonly row: number;
  readonly rowAt: number;
  readonly fence: number;

  private constructor(memory: SharedMemory, engine: EngineName, row: number, fence: number) {
    this.memory = memory;
    this.i32 = new Int32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.engine = startEngine(engine, memory);
    this.kernels = this.engine.kernels;
    this.sizes = {
      policies: this.i32[HEADER_POLICIES >> 2],
      threads: this.i32[HEADER_THREADS >> 2],
      keys: this.i32[HEADER_KEY_CELLS >> 2] / ROOM_PER_KEY,
    };
    this.geometry = geometryOf(this.sizes);
    this.originMs = this.f64[HEADER_ORIGIN >> 3];
    this.row = row;
    this.rowAt = this.geometry.threadsAt + row * THREAD_BYTES;
    this.fence = fence;
  }

  /** Makes a memory whose time 0 is `originMs`. The calling thread owns it: only it allocates. */
  static create(sizes: PlaneSizes, originMs: number, engine: EngineName = 'auto'): StatePlane {
    const geometry = geometryOf(sizes);
    const memory = makeMemory(geometry.pages);
    const i32 = new Int32Array(memory.buffer);
    const f64 = new Float64Array(memory.buffer);
    i32[HEADER_POLICIES >> 2] = sizes.policies;
    i32[HEADER_THREADS >> 2] = sizes.threads;
    i32[HEADER_KEY_CELLS >> 2] = geometry.keyCells;
    i32[HEADER_THREADS_AT >> 2] = geometry.threadsAt;
    i32[HEADER_DIRECTORY_AT >> 2] = geometry.directoryAt;
    i32[HEADER_EVENTS_AT >> 2] = geometry.eventsAt;
    i32[HEADER_SLOTS_AT >> 2] = geometry.slotsAt;
    i32[HEADER_LEDGER_AT >> 2] = geometry.ledgerAt;
    i32[HEADER_KEYS_AT >> 2] = geometry.keysAt;
    i32[HEADER_THREAD_TOP >> 2] = 1;
    f64[HEADER_ORIGIN >> 3] = originMs;
    f64[HEADER_BYTES_USED >> 3] = geometry.bytes;
    i32[HEADER_VERSION >> 2] = LAYOUT_VERSION;
    Atomics.store(i32, HEADER_MAGIC >> 2, LAYOUT_MAGIC);
    return new StatePlane(memory, engine, MAIN_ROW, UNFENCED);
  }

  /** Takes part in a memory that another thread made. Throws when it is not one of this layout. */
  static attach(handle: PlaneHandle): StatePlane {
    const header = new Int32Array(handle.memory.buffer, 0, 2);
    const magic = Atomics.load(header, HEADER_MAGIC >> 2);
    const version = header[HEADER_VERSION >> 2];
    if (magic !== LAYOUT_MAGIC || version !== LAYOUT_VERSION) {
      throw new OptionsError({
        path: 'handle',
        expected: `a memory of layout version ${LAYOUT_VERSION}`,
        received: magic === LAYOUT_MAGIC ? `one of version ${version}` : 'memory that Holdfast did not make',
      });
    }
    return new StatePlane(handle.memory, handle.engine, handle.row, handle.fence);
  }

  slotAt(index: number): number {
    return this.geometry.slotsAt + index * SLOT_BYTES;
  }

  /** What thread `row` holds of policy `index`. */
  cellAt(row: number, index: number): number {
    return this.geometry.ledgerAt + (row * this.sizes.policies + index) * CELL_BYTES;
  }
}

/** Equal initial and maximum size: the memory never grows, so no view of it goes stale. */
function makeMemory(pages: number): SharedMemory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new OptionsError({
      path: 'memory',
      expected: 'sizes that this machine can reserve',
      received: `${pages * 65_536} bytes`,
      cause,
    });
  }
}
