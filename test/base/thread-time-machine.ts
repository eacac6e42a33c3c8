// A thread on a machine of its own, whose clocks stand in known relations and whose every reading takes as long as
// it is told to. Prints how far this thread's time is from what it should be, in ms, and what finding out took.
//
//   thread-time-machine.ts common 0.001       a machine whose hrtime is common to all threads; 1 µs a reading
//   thread-time-machine.ts nothing 0.003 4    nothing in common but the wall clock; the first readings take 0.4 ms

const [, , kind, step, slow = '0'] = process.argv;
const HRTIME_AT_ZERO = 5_000.125;
const WALL_AT_ZERO = 1_800_000_000_000.375;
const TIME_ORIGIN = WALL_AT_ZERO - 7.5;
const EPOCH = 1_704_067_200_000;

let ms = 100.25;
let slowReadings = Number(slow);
const read = () => {
  const before = ms;
  ms += slowReadings-- > 0 ? 0.4 : Number(step);
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
slowReadings = 0;

const took = (ask: () => void) => {
  const before = ms;
  slowReadings = Number(slow);
  ask();
  slowReadings = 0;
  return ms - before;
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
