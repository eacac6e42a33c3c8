// Nodes that were armed of late. Most are disarmed within the moment, and were never worth a place in a wheel:
// here they stand in a row, and whoever goes leaves no gap.
//
//   nodes   [ a │ b │ c │ · │ · ]      a.timerPlace = 0, b.timerPlace = 1, c.timerPlace = 2
//   without a:  the last one takes its place
//           [ c │ b │ · │ · │ · ]      c.timerPlace = 0

import { callbackTimer, type TimerNode } from './timer-node.ts';

/** What the neighbour of a node is that hangs in no list yet. */
const FRESH = callbackTimer(() => {});
// More than a busy service has calls under way at once; beyond, all are hung at one go.
const MOST = 256;

/** Armed nodes in no order. */
export class FreshTimers {
  readonly #nodes: (TimerNode | undefined)[] = new Array(MOST).fill(undefined);
  #count = 0;

  get full(): boolean {
    return this.#count === MOST;
  }

  has(node: TimerNode): boolean {
    return node.timerNext === FRESH;
  }

  /** Takes a node in that is not armed. There must be room. */
  add(node: TimerNode): void {
    node.timerNext = FRESH;
    node.timerPlace = this.#count;
    this.#nodes[this.#count++] = node;
  }

  /** Lets go of a node that it has. */
  remove(node: TimerNode): void {
    const slot = node.timerPlace;
    this.#count--;
    if (slot !== this.#count) {
      const last = this.#nodes[this.#count] as TimerNode;
      this.#nodes[slot] = last;
      last.timerPlace = slot;
    }
    this.#nodes[this.#count] = undefined;
    node.timerNext = null;
  }

  /** Hands all of them over, each to be hung somewhere. */
  takeAll(hang: (node: TimerNode) => void): void {
    for (let slot = 0; slot < this.#count; slot++) {
      hang(this.#nodes[slot] as TimerNode);
      this.#nodes[slot] = undefined;
    }
    this.#count = 0;
  }
}
