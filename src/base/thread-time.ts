// One time for all threads of a process.
//
// Deadlines, buckets and breakers in shared memory are stamped by whichever thread comes along, so every thread
// must read the same time to within microseconds. What the runtimes offer:
//
//              performance.now()      process.hrtime()         a reading
//   Node       from the thread's      from the machine's       35 ns, hrtime 60 ns
//              own start              start: common
//   Bun, Deno  from the thread's      from the thread's        35 ns, 75 ns
//              own start              own start
//
// So the fast one is read, and what it lacks is added: a difference that is measured once per thread. On Node
// it is measured against hrtime. Elsewhere nothing is common but the wall clock, and its reading at the
// thread's start is what the runtime keeps as `timeOrigin`; a step of the wall clock between the starts of two
// threads would set them apart, so a thread that joins another one adopts that one's origin.

// Held on to, so that a test that replaces the global does not stop a wheel.
const { performance } = globalThis;

const hrtimeIsCommon = !('Bun' in globalThis) && !('Deno' in globalThis);

// Times keep their microseconds only as long as they are small numbers; 2024-01-01 is a start like any other.
const EPOCH_MS = 1_704_067_200_000;
const READINGS = 16;
const TURNS = 10;
const CLOSE_MS = 0.005;

let differenceMs = hrtimeIsCommon ? fromHrtime() : performance.timeOrigin - EPOCH_MS;

/** Milliseconds, with fractions, since a moment that is the same in all threads. Never goes back. */
export function threadNow(): number {
  return performance.now() + differenceMs;
}

/**
 * The wall-clock time, in ms, at which this thread's `threadNow` was zero, as the wall clock stands now; `NaN`
 * where threads agree without it. Takes 1 ms, 10 on a busy machine, because the wall clock tells whole milliseconds
 * only and has to be caught as it turns.
 */
export function threadOrigin(): number {
  return hrtimeIsCommon ? Number.NaN : wallAtZero() - differenceMs;
}

/**
 * Makes this thread's time that of the thread whose fresh `threadOrigin()` is given. To be called before
 * anything is timed, since it moves the clock; `NaN` changes nothing.
 */
export function adoptThreadOrigin(originMs: number): void {
  if (!hrtimeIsCommon && Number.isFinite(originMs)) differenceMs = wallAtZero() - originMs;
}

// The tightest of several pairs is the truest: whatever came between the readings made the others wider.
function fromHrtime(): number {
  let tightest = Number.POSITIVE_INFINITY;
  let difference = 0;
  for (let reading = 0; reading < READINGS; reading++) {
    const before = performance.now();
    const [seconds, nanoseconds] = process.hrtime();
    const after = performance.now();
    if (after - before >= tightest) continue;
    tightest = after - before;
    difference = seconds * 1e3 + nanoseconds / 1e6 - (before + after) / 2;
  }
  return difference;
}

// The wall clock turned between two readings of it; the closer the readings around both, the better is known when.
function wallAtZero(): number {
  let tightest = Number.POSITIVE_INFINITY;
  let wallMs = 0;
  let wall = Date.now();
  let beforeLast = performance.now();
  let before = beforeLast;
  for (let turn = 0; turn < TURNS && tightest > CLOSE_MS; ) {
    const next = Date.now();
    const after = performance.now();
    if (next !== wall) {
      turn++;
      if (after - beforeLast < tightest) {
        tightest = after - beforeLast;
        wallMs = next - (beforeLast + after) / 2;
      }
    }
    wall = next;
    beforeLast = before;
    before = after;
  }
  return wallMs;
}
