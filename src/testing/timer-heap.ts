// The timers that are set on a manual clock: a binary heap, the first to fire at its head.
//
// Each is due no earlier than its parent, the one at half its index. Each knows its index, so that taking one
// back leaves nothing behind.

/** A timer that was set, in the heap or no longer. */
export interface ManualTimer {
  readonly atMs: number;
  /** How many were set before it. */
  readonly order: number;
  readonly fire: () => void;
  /** Its place in the heap; −1 when it is not in it. */
  index: number;
}

/** Adds a timer. */
export function insert(heap: ManualTimer[], timer: ManualTimer): void {
  timer.index = heap.length;
  heap.push(timer);
  rise(heap, timer);
}

/** Takes a timer out; does nothing to one that is not in. */
export function extract(heap: ManualTimer[], timer: ManualTimer): void {
  if (timer.index < 0) return;
  const last = heap.pop() as ManualTimer;
  if (last !== timer) {
    place(heap, last, timer.index);
    rise(heap, last);
    sink(heap, last);
  }
  timer.index = -1;
}

function rise(heap: ManualTimer[], timer: ManualTimer): void {
  while (timer.index > 0) {
    const parent = heap[(timer.index - 1) >> 1];
    if (!isDueBefore(timer, parent)) return;
    swap(heap, timer, parent);
  }
}

function sink(heap: ManualTimer[], timer: ManualTimer): void {
  while (true) {
    const left = heap[timer.index * 2 + 1];
    const right = heap[timer.index * 2 + 2];
    if (left === undefined) return;
    const earlier = right !== undefined && isDueBefore(right, left) ? right : left;
    if (!isDueBefore(earlier, timer)) return;
    swap(heap, earlier, timer);
  }
}

function swap(heap: ManualTimer[], a: ManualTimer, b: ManualTimer): void {
  const index = a.index;
  place(heap, a, b.index);
  place(heap, b, index);
}

function place(heap: ManualTimer[], timer: ManualTimer, index: number): void {
  timer.index = index;
  heap[index] = timer;
}

function isDueBefore(a: ManualTimer, b: ManualTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
