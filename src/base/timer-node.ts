// What hangs in the timers' lists.

/**
 * Something that wants to be called at a time. It is itself the link of the list it hangs in, so that arming
 * makes nothing: a call's record carries these fields and needs no timer beside it.
 *
 * The fields belong to the timers; others set them once, as `unarmed` shows, and read `timerAtMs` at most.
 * Where speed matters, let few classes be nodes: the lists run through all of them, and an engine knows at
 * most four shapes by heart.
 */
export interface TimerNode {
  /** The time it is armed for. */
  timerAtMs: number;
  /** Which of two with the same time was armed first. */
  timerOrder: number;
  /** Its neighbours in a list; the next one is `null` while it is not armed, and a mark while it hangs in none. */
  timerNext: TimerNode | null;
  timerPrev: TimerNode | null;
  /** Its place among those that were armed of late. */
  timerPlace: number;
  /** Called once per arming, no longer armed, with a time that is not before `timerAtMs`. */
  onTimer(nowMs: number): void;
}

/** A node that only calls a function. */
export function callbackTimer(fire: (nowMs: number) => void): TimerNode {
  return { timerAtMs: 0, timerOrder: 0, timerNext: null, timerPrev: null, timerPlace: 0, onTimer: fire };
}

/** An empty list: a node that is its own neighbour on both sides. */
export function timerList(): TimerNode {
  const list = callbackTimer(() => {});
  list.timerNext = list;
  list.timerPrev = list;
  return list;
}

/** Hangs a node at the end of a list. */
export function append(list: TimerNode, node: TimerNode): void {
  const last = list.timerPrev as TimerNode;
  node.timerPrev = last;
  node.timerNext = list;
  last.timerNext = node;
  list.timerPrev = node;
}

/** Takes a node out of the list it hangs in. */
export function remove(node: TimerNode): void {
  const next = node.timerNext as TimerNode;
  const previous = node.timerPrev as TimerNode;
  previous.timerNext = next;
  next.timerPrev = previous;
  node.timerNext = null;
  node.timerPrev = null;
}

/** Empties a list; gives its nodes, in their order, each still to be appended somewhere. */
export function takeAll(list: TimerNode): TimerNode[] {
  const nodes: TimerNode[] = [];
  for (let node = list.timerNext as TimerNode; node !== list; node = node.timerNext as TimerNode) {
    nodes.push(node);
  }
  list.timerNext = list;
  list.timerPrev = list;
  return nodes;
}
