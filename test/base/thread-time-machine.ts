// A thread on a machine of its own, whose clocks stand in known relations and which is busy but for a while. Prints
// how far this thread's time is from what it should be, in ms, and what finding out took.
//
//   thread-time-machine.ts common 1 1.02     hrtime is common to all threads; quiet from 1 to 1.02 ms after each question
//   thread-time-machine.ts nothing 0 1e9     nothing in common but the wall clock; always quiet
//   thread-time-machine.ts nothing 3 4.2 .02 while it is quiet, a reading takes .02 ms; else .001

const [, , kind, quietFrom, quietTo, quietMs = 0.001] = process.argv;
const HRTIME_AT_ZERO = 5_000.125;
const WALL_AT_ZERO = 1_800_000_000_000.375;
const TIME_ORIGIN = WALL_AT_ZERO - 7.5;
const EPOCH = 1_704_067_200_000;

let ms = 100.25;
let askedMs = ms;
let readings = 0;
const read = () => {
  const before = ms;
  const sinceMs = ms - askedMs;
  const isQuiet = sinceMs >= Number(quietFrom) && sinceMs < Number(quietTo);
  // What is busy is so unevenly.
  ms += isQuiet ? Number(quietMs) : readings++ % 2 === 0 ? 0.4 : 0.1;
  return before;
};
const hrtime = () => {
  const now = HRTIME_AT_ZERO + read();
  return [Math.floor(now / 1e3), Math.round((now % 1e3) * 1e6)];
};
Object.defineProperty(globalThis, 'performance', { value: { timeOrigin: TIME_ORIGIN, now: read } });
Object.defineProperty(process, 'hrtime', { value: hrtime });
Date.now = () => Math.floor(WALL_AT_ZERO + read());
if (kind === 'nothing') Object.defineProperty(globalThis, 'Bun', { value: {} });

const time = await import('../../src/base/thread-time.ts');

const took = (ask: () => void) => {
  askedMs = ms;
  ask();
  return ms - askedMs;
};
const ahead = (zeroMs: number) => {
  const at = ms;
  return time.threadNow() - zeroMs - at;
};
let originMs = 0;
const found = {
  nowMs: ahead(kind === 'common' ? HRTIME_AT_ZERO : TIME_ORIGIN - EPOCH),
  originTookMs: took(() => {
    originMs = time.threadOrigin();
  }),
  originMs: originMs - (WALL_AT_ZERO - (TIME_ORIGIN - EPOCH)),
  unmovedMs: took(() => time.adoptThreadOrigin(Number.NaN)),
  adoptedMs: took(() => time.adoptThreadOrigin(EPOCH + 40)),
  thenMs: ahead(kind === 'common' ? HRTIME_AT_ZERO : WALL_AT_ZERO - EPOCH - 40),
};
console.log(JSON.stringify(found, (_, value) => (Number.isNaN(value) ? 'NaN' : value)));
