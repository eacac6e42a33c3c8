// One virtual thread's own instance of the instrumented binary: runs a kernel up to its next access to memory,
// keeps what it needs to go on as a handful of bytes, and goes on from there later, or from any earlier place.

/** Where a kernel stands: about to do part 0 of a site, or part 1 of a torn one. */
export interface Parked {
  readonly site: number;
  readonly part: number;
  readonly address: number;
  /** The locals of all functions on the way, as asyncify wrote them. */
  readonly frame: Uint8Array;
}

/** A kernel's result when it has ended, or the place where it stands. */
export type Progress = { readonly parked: Parked } | { readonly parked: undefined; readonly result: number };

/** What a coroutine asks of the machine it runs in. */
export interface Host {
  /** The mutation asked for at a site; see helper.ts. */
  mutation(site: number): number;
  /** A kernel that is run as a whole is about to touch this address. */
  passing(site: number, address: number): void;
}

type Kernels = Record<string, (...args: number[]) => number | undefined>;

/** Functions of the host that kernels may call, and that never park them. */
export type Asks = Readonly<Record<string, (...args: number[]) => number>>;

export class Coroutine {
  host: Host | undefined;
  private readonly exports: Kernels;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly stack: number;
  private readonly end: number;
  private mode: 'whole' | 'stepping' | 'resuming' = 'whole';
  private stop: Omit<Parked, 'frame'> | undefined;
  private kernel = '';

  /**
   * @param stack where asyncify may write locals: an address, and the end of the room there
   */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    asks: Asks,
    stack: number,
    end: number,
  ) {
    const step = (site: number, part: number, address: number) => this.onStep(site, part, address);
    const abort = () => {
      throw new Error('the kernel called abort');
    };
    this.exports = new WebAssembly.Instance(module, { env: { ...asks, memory, step, abort } })
      .exports as Kernels;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.stack = stack;
    this.end = end;
  }

  /** Begins a kernel and runs it up to its first access. */
  begin(kernel: string, args: readonly number[]): Progress {
    this.mode = 'stepping';
    return this.run(kernel, args);
  }

  /** Does the access at which a kernel stands and runs it up to the next one. */
  resume(kernel: string, { frame }: Parked): Progress {
    this.words[this.stack >> 2] = this.stack + 8 + frame.length;
    this.words[(this.stack >> 2) + 1] = this.end;
    this.bytes.set(frame, this.stack + 8);
    this.exports.asyncify_start_rewind(this.stack);
    this.mode = 'resuming';
    // While it rewinds, a kernel reads its locals from the frame and not from its arguments.
    return this.run(kernel, []);
  }

  /** Runs a kernel from beginning to end. */
  whole(kernel: string, args: readonly number[]): number {
    this.mode = 'whole';
    return this.call(kernel, args);
  }

  private run(kernel: string, args: readonly number[]): Progress {
    this.stop = undefined;
    const result = this.call(kernel, args);
    const stop = this.stop as Omit<Parked, 'frame'> | undefined;
    if (!stop) return { parked: undefined, result };
    this.exports.asyncify_stop_unwind();
    const frame = this.bytes.slice(this.stack + 8, this.words[this.stack >> 2]);
    return { parked: { ...stop, frame } };
  }

  private call(kernel: string, args: readonly number[]): number {
    this.kernel = kernel;
    const run = this.exports[kernel];
    if (!run) throw new Error(`the binary has no kernel ${kernel}`);
    return run(...args) ?? 0;
  }

  private onStep(site: number, part: number, address: number): number {
    const { host, mode } = this;
    if (!host) throw new Error(`${this.kernel} runs outside a machine`);
    if (mode === 'whole') host.passing(site, address);
    if (mode === 'resuming') {
      this.exports.asyncify_stop_rewind();
      this.mode = 'stepping';
    }
    if (mode === 'stepping') {
      this.stop = { site, part, address };
      this.words[this.stack >> 2] = this.stack + 8;
      this.words[(this.stack >> 2) + 1] = this.end;
      this.exports.asyncify_start_unwind(this.stack);
    }
    return host.mutation(site);
  }
}
