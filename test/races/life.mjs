// A thread's life: it takes and gives back slots, trials, places in line and isolations, at random, until it is
// ended, or finds that it was declared dead. Plain JavaScript that imports nothing of ours, so that a thread lives a
// few milliseconds after it was asked for.

import { parentPort, workerData } from 'node:worker_threads';

const { memory, binary } = workerData;
const { exports: kernels } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });

const [STOP, BEATS] = [0, 1];
const [SUCCESS, FAILURE, IGNORED] = [0, 1, 2];
const [VERDICT, REFUSED_AS_DEAD, REVOKED] = [1, -9, -2147483648];
const [TRIAL, TURNED] = [16_777_216, 64];
const MOST = 6;

parentPort.on('message', (life) => {
  live(life);
  parentPort.postMessage('over');
});
parentPort.postMessage('born');

/** Lives under the fence of `life`, on its grounds; ends by itself as `end` says. */
function live({ rowAt, fence, grounds, lifeline, end, seed }) {
  const words = new Int32Array(lifeline);
  const random = chance(seed);
  const acts = actsOf(rowAt, fence, random);
  const holdings = grounds.map((ground) => ({ ...ground, slots: 0, places: 0, isolated: 0, tickets: [] }));
  const lastBeat = end === 'exit' || end === 'memory' ? 1 + random(40) : Number.POSITIVE_INFINITY;
  for (let beat = 1; Atomics.load(words, STOP) === 0; beat++) {
    Atomics.store(words, BEATS, beat);
    for (let i = 0; i < 200; i++) {
      const alive = acts[Math.min(random(8), acts.length - 1)](holdings[random(holdings.length)]);
      if (!alive) return;
    }
    if (beat < lastBeat) continue;
    if (end === 'exit') process.exit(0);
    outgrow();
  }
}

/** What a thread may do to a ground. Each answers false when it finds that it was declared dead. */
function actsOf(rowAt, fence, random) {
  return [
    function slots(mine) {
      const { at, cell } = mine.bulkhead;
      if (mine.slots < MOST && random(2) === 0) {
        const taken = kernels.bulkheadEnter(at, cell, fence);
        if (taken === 1) mine.slots++;
        return taken !== REVOKED;
      }
      if (mine.slots === 0) return true;
      mine.slots--;
      return kernels.bulkheadReturn(at, cell, fence) !== REVOKED;
    },
    function places(mine) {
      const { at, cell } = mine.bulkhead;
      if (mine.places < MOST && random(2) === 0) {
        const order = kernels.lineJoin(at, cell, fence);
        if (order > 0) mine.places++;
        return order !== -2;
      }
      if (mine.places > 0) kernels.lineLeave(at, cell, fence, 1, 1);
      mine.places = Math.max(0, mine.places - 1);
      return true;
    },
    function isolations(mine) {
      const by = mine.isolated === 0 ? 1 : -1;
      mine.isolated += by;
      return kernels.breakerIsolate(mine.isolation.at, mine.isolation.cell, fence, by) !== REVOKED;
    },
    // The most common one: what is taken by moving a word is harder to account for than what is counted.
    function trials(mine) {
      const { at, cell } = mine.breaker;
      if (mine.tickets.length < MOST && random(2) === 0) {
        const ticket = kernels.admit(at, cell, rowAt, fence, 0, 1, 0, 0);
        if (ticket >= 0) mine.tickets.push(ticket);
        return ticket >= 0 || (ticket | TURNED) !== REFUSED_AS_DEAD;
      }
      if (mine.tickets.length === 0) return true;
      const ticket = mine.tickets.splice(random(mine.tickets.length), 1)[0];
      // What is no trial fails, so that a breaker that closed is soon half-open again.
      const verdict = ticket & TRIAL ? [SUCCESS, SUCCESS, FAILURE, IGNORED][random(4)] : FAILURE;
      kernels.settle(at, cell, fence, ticket, 0, 0, verdict, VERDICT, -1);
      return true;
    },
  ];
}

function chance(seed) {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Fills the heap, and does not stop. */
function outgrow() {
  const hoard = [];
  for (;;) hoard.push(new Array(10_000).fill(hoard.length));
}
