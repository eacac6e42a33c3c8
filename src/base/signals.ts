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

/** Those who wait on one signal. */
export interface SignalWatch {
  readonly list: SignalNode;
  /** How many they are. */
  size: number;
  listening: boolean;
  retiring: boolean;
  readonly signal: WeakRef<AbortSignal>;
  readonly onEvent: () => void;
}

const watches = new WeakMap<AbortSignal, SignalWatch>();

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

/** Links a node, which must not be linked yet, to a signal that is not aborted. Makes nothing. */
export function joinSignal(signal: AbortSignal, node: SignalNode): void {
  const watch = watches.get(signal) ?? watchOver(signal);
  if (!watch.listening) {
    watch.listening = true;
    signal.addEventListener('abort', watch.onEvent, { once: true });
  }
  const { list } = watch;
  const last = list.signalPrev as SignalNode;
  node.signalPrev = last;
  node.signalNext = list;
  last.signalNext = node;
  list.signalPrev = node;
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

function watchOver(signal: AbortSignal): SignalWatch {
  const list: SignalNode = { signalNext: null, signalPrev: null, signalWatch: null, onAbort: () => {} };
  list.signalNext = list;
  list.signalPrev = list;
  const watch: SignalWatch = {
    list,
    size: 0,
    listening: false,
    retiring: false,
    // The map must not keep its own key alive.
    signal: new WeakRef(signal),
    onEvent: () => abortAll(watch),
  };
  watches.set(signal, watch);
  return watch;
}

// Whoever is told may end the links of others, so the list is taken from its head.
function abortAll(watch: SignalWatch): void {
  watch.listening = false;
  const reason = watch.signal.deref()?.reason;
  const { list } = watch;
  for (let node = list.signalNext as SignalNode; node !== list; node = list.signalNext as SignalNode) {
    leaveSignal(node);
    try {
      node.onAbort(reason);
    } catch (error) {
      raiseLater(error);
    }
  }
}

function retireSoon(watch: SignalWatch): void {
  watch.retiring = true;
  threadHost.nextTurn(() => {
    watch.retiring = false;
    if (watch.size > 0 || !watch.listening) return;
    watch.listening = false;
    watch.signal.deref()?.removeEventListener('abort', watch.onEvent);
  });
}
