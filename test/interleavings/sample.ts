// A few small kernels, right ones and wrong ones, for the tests of the harness itself.

import { compileText } from './harness/compile.ts';
import { kernelOf } from './harness/kernel.ts';
import { callsOf } from './harness/program.ts';

interface SampleKernels {
  /** Token bucket: 1 when admitted. */
  acquire(tat: number, now: number, interval: number, burst: number): number;
  /** A counter by atomic add, whose old value is looked at or not; by compare-and-swap; by load and store. */
  add(word: number): number;
  bump(word: number): void;
  raise(word: number): number;
  lose(word: number): number;
  plainly(word: number): number;
  read(word: number): number;
  copy(from: number, to: number): void;
  /** Two words one after the other. */
  both(first: number, second: number): void;
  sum(first: number, second: number): number;
  /** Takes one of a thread's holdings: ledger word first, then the shared word; or the wrong way round. */
  hold(ledger: number, shared: number): void;
  holdWrongly(ledger: number, shared: number): void;
  giveBack(ledger: number, shared: number): number;
  trap(word: number): void;
  spin(word: number): void;
  /** Adds up an array by way of a function of its own, through a table of cases. */
  total(from: number, count: number, how: number): number;
}

export const k = callsOf<SampleKernels>();

const SOURCE = `
export function acquire(tat: usize, now: f64, interval: f64, burst: f64): i32 {
  const at = i64(now), cost = i64(interval), most = i64(burst);
  while (true) {
    const was = atomic.load<i64>(tat);
    const next = max(was, at) + cost;
    if (next - at > most) return 0;
    if (atomic.cmpxchg<i64>(tat, was, next) == was) return 1;
  }
}
export function add(word: usize): i32 { return atomic.add<i32>(word, 1) + 1; }
export function bump(word: usize): void { atomic.add<i32>(word, 1); }
export function raise(word: usize): i32 {
  while (true) {
    const was = atomic.load<i32>(word);
    if (atomic.cmpxchg<i32>(word, was, was + 1) == was) return was + 1;
  }
}
export function lose(word: usize): i32 {
  const was = atomic.load<i32>(word);
  atomic.store<i32>(word, was + 1);
  return was + 1;
}
export function plainly(word: usize): i32 {
  const was = load<i32>(word);
  store<i32>(word, was + 1);
  return was + 1;
}
export function read(word: usize): i32 { return atomic.load<i32>(word); }
export function copy(from: usize, to: usize): void { atomic.store<i32>(to, atomic.load<i32>(from)); }
export function both(first: usize, second: usize): void {
  atomic.add<i32>(first, 1);
  atomic.add<i32>(second, 1);
}
export function sum(first: usize, second: usize): i32 {
  return atomic.load<i32>(first) + 16 * atomic.load<i32>(second);
}
export function hold(ledger: usize, shared: usize): void {
  atomic.add<i32>(ledger, 1);
  atomic.add<i32>(shared, 1);
}
export function holdWrongly(ledger: usize, shared: usize): void {
  atomic.add<i32>(shared, 1);
  atomic.add<i32>(ledger, 1);
}
export function giveBack(ledger: usize, shared: usize): i32 {
  const held = atomic.xchg<i32>(ledger, 0);
  atomic.sub<i32>(shared, held);
  return held;
}
export function trap(word: usize): void {
  if (atomic.add<i32>(word, 1) == 1) unreachable();
}
export function spin(word: usize): void {
  while (atomic.load<i32>(word) == 0) {}
}
function part(from: usize, how: i32): f64 {
  switch (how) {
    case 0: return f64(load<u8>(from));
    case 1: return f64(load<i16>(from));
    case 2: return f64(load<i32>(from));
    case 3: return f64(load<i64>(from));
    case 4: return load<f32>(from);
    default: return load<f64>(from);
  }
}
export function total(from: usize, count: i32, how: i32): f64 {
  let all = 0.0;
  for (let i = 0; i < count; i++) all += part(from + (i << 3), how);
  return all;
}
`;

/** The sample kernels, compiled and instrumented. */
export const sample = await kernelOf(await compileText(SOURCE));
