// Waiting for an abort, by the hundred thousand, on one signal.
//
//   signal ──1 listener──▶ watch ──▶ node ⇄ node ⇄ node
//
// A long-lived signal, a server's shutdown say, is handed to every call. A listener per call would cost a
// microsecond, warn from the eleventh on and leak when forgotten; so each signal has one, and who waits is a
// node in its list. When the list is empty the listener goes too, since a signal with listeners is kept alive
// by the runtime, but only as the event loop comes round: a loop of calls empties and refills the list each time.

import { raiseLater } from './report.ts';
import { threadHost } from './thread-host.ts';

/**
 * Something that wants to know of an abort. It is itself the link of the list it hangs in; its fields start as
 * `null` and belong to this file.
 */
export interface SignalNode {
  signalNext: SignalNode | null;
  signalPrev: SignalNode | null;
  /** Whose list it hangs in. */
  signalWatch: SignalWatch | null;
  /** Called once, no longer linked, with the signal's reason. */
  onAbort(reason: unknown): void;
}

const ONCE = Object.freeze({ once: true });

/**
 * Those who wait on one signal, the head of their list, and the signal's listener, in one: a server has a signal for
 * each request, and then this is made for each call.
 */
export class SignalWatch implements SignalNode {
  signalNext: SignalNode = this;
  signalPrev: SignalNode = this;
  signalWatch = null;
  /** How many they are. */
  size = 0;
  listening = false;
  retiring = false;
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** What the signal calls. Whoever is told may end the links of others, so the list is taken from its head. */
  handleEvent(): void {
    this.listening = false;
    const { reason } = this.signal;
    for (let node = this.signalNext; node !== this; node = this.signalNext) {
      leaveSignal(node);
      try {
        node.onAbort(reason);
      } catch (error) {
        raiseLater(error);
      }
    }
  }

  /** The head of the list waits for nothing. */
  onAbort(): void {}
}

// A watch knows its signal, and is known by it alone: the map keeps neither alive.
const watches = new WeakMap<AbortSignal, SignalWatch>();
let retiring: SignalWatch[] = [];

/**
 * Calls `onAbort` with the signal's reason when the signal is aborted; at once when it is already. Gives a
 * function that ends the link, any number of times. What `onAbort` throws stops no other and is raised as an
 * uncaught exception.
 */
export function linkSignal(signal: AbortSignal, onAbort: (reason: unknown) => void): () => void {
  const node: SignalNode = { signalNext: null, signalPrev: null, signalWatch: null, onAbort };
  if (signal.aborted) onAbort(signal.reason);
  else joinSignal(signal, node);
  return () => leaveSignal(node);
}

/** Links a node, which must not be linked yet, to a signal that is not aborted. */
export function joinSignal(signal: AbortSignal, node: SignalNode): void {
  let watch = watches.get(signal);
  if (watch === undefined) {
    watch = new SignalWatch(signal);
    watches.set(signal, watch);
  }
  if (!watch.listening) {
    watch.listening = true;
    signal.addEventListener('abort', watch, ONCE);
  }
  const last = watch.signalPrev;
  node.signalPrev = last;
  node.signalNext = watch;
  last.signalNext = node;
  watch.signalPrev = node;
  node.signalWatch = watch;
  watch.size++;
}

/** Ends a node's link; does nothing when it has none. */
export function leaveSignal(node: SignalNode): void {
  const watch = node.signalWatch;
  if (watch === null) return;
  const next = node.signalNext as SignalNode;
  const previous = node.signalPrev as SignalNode;
  previous.signalNext = next;
  next.signalPrev = previous;
  node.signalNext = null;
  node.signalPrev = null;
  node.signalWatch = null;
  if (--watch.size === 0 && watch.listening && !watch.retiring) retireSoon(watch);
}

// One turn for all of them: many requests may end between two.
function retireSoon(watch: SignalWatch): void {
  watch.retiring = true;
  if (retiring.push(watch) === 1) threadHost.nextTurn(retireAll);
}

function retireAll(): void {
  const all = retiring;
  retiring = [];
  for (const watch of all) {
    watch.retiring = false;
    if (watch.size > 0 || !watch.listening) continue;
    watch.listening = false;
    watch.signal.removeEventListener('abort', watch);
  }
}
