// Memory that can be put back: a step changes one word or two, so remembering those is the whole of a fork.

/** A point in the past that memory can be put back to, while no earlier one has been. */
export type Mark = number;

export class UndoableMemory {
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly f64: Float64Array;
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** Bytes from here on belong to the harness. */
  readonly limit: number;
  /** Pairs of word index and what stood there before, newest last. */
  private readonly log: number[] = [];
  /** What stood in each word at the beginning, for every word that was ever about to be changed. */
  private readonly first = new Map<number, number>();

  constructor(memory: WebAssembly.Memory, limit: number) {
    this.buffer = memory.buffer;
    this.limit = limit;
    this.i32 = new Int32Array(memory.buffer);
    this.i64 = new BigInt64Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
  }

  /** All zero, with no past. */
  clear(): void {
    this.i32.fill(0, 0, this.limit >> 2);
    this.begin();
  }

  /** What stands here now is the beginning. */
  begin(): void {
    this.log.length = 0;
    this.first.clear();
  }

  /** To be told before `size` bytes at an aligned address change. */
  keep(address: number, size: number): void {
    const last = (address + size - 1) >> 2;
    for (let word = address >> 2; word <= last; word++) {
      const value = this.i32[word];
      if (!this.first.has(word)) this.first.set(word, value);
      this.log.push(word, value);
    }
  }

  mark(): Mark {
    return this.log.length;
  }

  putBack(to: Mark): void {
    const { log, i32 } = this;
    while (log.length > to) {
      const value = log.pop() as number;
      i32[log.pop() as number] = value;
    }
  }

  /** Equal for two moments of one exploration exactly when all words are. */
  fingerprint(): string {
    let print = '';
    for (const [word, value] of this.first) {
      if (this.i32[word] !== value) print += `${word}:${this.i32[word]},`;
    }
    return print;
  }
}
