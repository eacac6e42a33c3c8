import process from 'node:process';
import { holdfast, type TaskContext } from '../../src/worker.ts';
import { requests } from './context-module.ts';

export class LimitError extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`over ${limit}`);
    this.name = 'LimitError';
    this.limit = limit;
  }
}

export const notATask = 7;

export function echo<T>(value: T): T {
  return value;
}

export async function later(value: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, value));
  return value;
}

/** Keeps its thread busy. */
export function spin(ms: number, context: TaskContext): string {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs && !context.aborted);
  return context.aborted ? 'asked to stop' : 'done';
}

/** Does not look up. */
export function deaf(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

/** Waits for its signal; writes down how long the reason is that it was given. */
export async function patient(words: Int32Array, { signal }: TaskContext): Promise<void> {
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  Atomics.store(words, 0, 1);
  await aborted;
  Atomics.store(words, 3, String(signal.reason).length);
  Atomics.store(words, 2, 1);
}

/** Counts in shared memory that it began, then waits for the second word to be set. */
export function gate(words: Int32Array): number {
  const order = Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  while (Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0, 1000);
  return order;
}

/** Uses a policy when it is let. */
export async function gateThrough(input: { words: Int32Array; policy: string }): Promise<string> {
  gate(input.words);
  return await holdfast.policy(input.policy).execute(() => 'through');
}

/** Notes that it ran. */
export function mark({ words, at, value }: { words: Int32Array; at: number; value: number }): void {
  Atomics.store(words, at + 1 + Atomics.add(words, at, 1), value);
}

/** Writes its value behind those before it. */
export function note({ words, value }: { words: Int32Array; value: number }): void {
  words[Atomics.add(words, 0, 1) + 1] = value;
}

/** The same, after two milliseconds of work. */
export function stretch(input: { words: Int32Array; value: number }): void {
  const untilMs = performance.now() + 2;
  while (performance.now() < untilMs);
  note(input);
}

/** The same; one that is given a gate waits there instead. */
export function stretchOrWait(input: { words: Int32Array; value: number; gate?: Int32Array }): void {
  if (input.gate === undefined) return stretch(input);
  gate(input.gate);
  note(input);
}

export function echoOrWait({ value, words }: { value: number; words?: Int32Array }): number {
  if (words !== undefined) gate(words);
  return value;
}

/** Notes how many of its kind are under way at most. */
export async function alone(words: Int32Array): Promise<void> {
  const now = Atomics.add(words, 0, 1) + 1;
  if (now > Atomics.load(words, 1)) Atomics.store(words, 1, now);
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.sub(words, 0, 1);
  Atomics.add(words, 2, 1);
}

export function request(): string | undefined {
  return requests.getStore();
}

export function fail(message: string): never {
  throw new RangeError(message, { cause: new TypeError('below') });
}

/** Counts its runs. */
export function failMarked(words: Int32Array, { attempt }: TaskContext): never {
  Atomics.add(words, 0, 1);
  throw new Error(`attempt ${attempt}`);
}

export function overLimit(limit: number): never {
  throw new LimitError(limit);
}

export function exit(code: number): never {
  process.exit(code);
}

/** Dies the first `times` times. */
export function dieFirst({ words, times }: { words: Int32Array; times: number }): number {
  const before = Atomics.add(words, 0, 1);
  if (before < times) process.exit(1);
  return before;
}

export function echoOrExit(value: number): number {
  if (value < 0) process.exit(1);
  return value;
}

/** Looks up for nobody but the word that ends it. */
export function deafUntil(words: Int32Array): void {
  const untilMs = performance.now() + 10_000;
  while (Atomics.load(words, 1) === 0 && performance.now() < untilMs);
}

/** Ends at once, and leaves a loop behind that begins after its answer. */
export function leaveLoop(words: Int32Array): void {
  setImmediate(() => {
    Atomics.store(words, 0, 1);
    deafUntil(words);
  });
}

export async function uncaught(): Promise<void> {
  setTimeout(() => {
    throw new TypeError('nobody catches this');
  });
  await new Promise(() => {});
}

export async function unhandled(): Promise<void> {
  void Promise.reject(new RangeError('nobody handles this'));
  await new Promise(() => {});
}

export function hoard(megabytes: number): number {
  const kept: number[][] = [];
  while (kept.length < megabytes / 8 || kept.length === 0) kept.push(new Array<number>(1_000_000).fill(1.5));
  return kept.length;
}

export function uncloneable(): () => void {
  return () => {};
}

/** Its buffer has gone elsewhere. */
export function gone(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

export function length(bytes: Uint8Array): number {
  return bytes.byteLength;
}

export function facts(_input: undefined, { attempt, policy, remainingMs }: TaskContext): object {
  return { attempt, policy, limited: remainingMs < Number.POSITIVE_INFINITY };
}

export async function through(name: string): Promise<string> {
  return await holdfast.policy(name).execute(() => 'from the worker');
}

/** Takes a slot and keeps it. */
export function hold(name: string): never | undefined {
  const permit = holdfast.policy(name).tryAcquire();
  if (!permit.ok) return undefined;
  process.exit(1);
}

export function tripBreaker(name: string): string {
  holdfast.policy(name).circuitBreaker?.open();
  return holdfast.policy(name).circuitBreaker?.state ?? 'none';
}
