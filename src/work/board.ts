// The words that a worker thread and the main thread share while tasks are handed over.
//
//      0         64        128       192
//      ├ claim ◆ ┼ abort ● ┼ epoch ● ┼ pulse ○ ┤      one cache line each
//
//   claim   i32 ◆  the task that was begun last; RECALLED is added when the rest is wanted back; REVOKED for good
//   abort   i32 ●  the task that is asked to stop
//   epoch   i32 ●  tasks sent in an earlier one were called back
//   pulse   i32 ○  beats while the thread's event loop turns; behind it a word that chaos sets when it ends the thread
//
// A thread begins a task by moving `claim` from the one before it to this one. Whoever wants to take tasks back
// moves the same word, so exactly one of the two has each task: the main thread knows for certain which one was
// begun and that no other one will be. That holds for a thread that runs on after it was given up, too. Each
// thread has a board of its own, which nobody uses again: such a thread can only write where nobody looks.

const CLAIM = 0;
const ABORT = 16;
const EPOCH = 32;
const PULSE = 48;
const STRUCK = 49;
const WORDS = 64;

const RECALLED = 1 << 30;
const REVOKED = -1;
/** Numbers start again from here, as soon as none is in use. They never come near the marks. */
export const TASK_NUMBERS = 1 << 29;

export type Board = Int32Array;

export function makeBoard(): Board {
  return new Int32Array(new SharedArrayBuffer(WORDS * 4));
}

// The main thread's side ------------------------------------------------------

/** The task begun last, 0 for none. It may have ended: then its answer is on its way. */
export function begun(board: Board): number {
  const claim = Atomics.load(board, CLAIM);
  return claim === REVOKED ? 0 : claim & ~RECALLED;
}

/** Wants back all that was sent in epochs before `epoch`; returns the task begun last, which goes on. */
export function recall(board: Board, epoch: number): number {
  Atomics.store(board, EPOCH, epoch);
  for (;;) {
    const claim = Atomics.load(board, CLAIM);
    // Lost the race: the thread has just begun another task.
    if (Atomics.compareExchange(board, CLAIM, claim, claim | RECALLED) === claim) return claim & ~RECALLED;
  }
}

/** Gives the thread up: it begins nothing any more. Returns the task begun last. */
export function revoke(board: Board): number {
  const claim = Atomics.exchange(board, CLAIM, REVOKED);
  return claim === REVOKED ? 0 : claim & ~RECALLED;
}

export function askToStop(board: Board, number: number): void {
  Atomics.store(board, ABORT, number);
}

export function pulseOf(board: Board): number {
  return Atomics.load(board, PULSE);
}

/** Whether it was chaos that ended the thread, and not its task. */
export function wasStruck(board: Board): boolean {
  return Atomics.load(board, STRUCK) === 1;
}

// The worker's side -----------------------------------------------------------

/** Begins a task. False when it may not be begun: see `recalledEpoch`. */
export function claim(board: Board, last: number, number: number): boolean {
  return Atomics.compareExchange(board, CLAIM, last, number) === last;
}

/** After a claim that failed: the epoch that tasks must be of, or Infinity for a thread that was given up. */
export function recalledEpoch(board: Board, last: number): number {
  if (Atomics.compareExchange(board, CLAIM, last | RECALLED, last) !== (last | RECALLED)) {
    return Number.POSITIVE_INFINITY;
  }
  // Read after the mark is gone: a recall that comes now sets it again.
  return Atomics.load(board, EPOCH);
}

export function isAsked(board: Board, number: number): boolean {
  return Atomics.load(board, ABORT) === number;
}

export function beat(board: Board): void {
  Atomics.add(board, PULSE, 1);
}

/** Chaos is about to end the thread. */
export function strike(board: Board): void {
  Atomics.store(board, STRUCK, 1);
}
