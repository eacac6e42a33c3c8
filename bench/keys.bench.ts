// What does a decision cost with a thousand to ten million live keys: in time, in bytes, in pauses of the collector?
//
// Baseline: our own limiter with a thousand live keys. Beside it rate-limiter-flexible in memory, as far as its timer
// and object a key let it go. Keys are met in leaps, so that none is still in a cache from the time before.

import process from 'node:process';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { rateLimiter } from '../src/index.ts';
import { heldBytes } from '../test/support/garbage.ts';
import { bytesPerKey, keysAsked, printBytesPerKey } from './keys/bytes.ts';
import { hashedRounds } from './keys/hashed.ts';
import { type Cost, keyOf, measureRound, observed, sampleOf, type Taker } from './keys/rounds.ts';
import { bareAwaitRound } from './support/bare-await.ts';
import { bestRatio, figureOf } from './support/figures.ts';
import { type Row, report, roundsOr, rowsOf, short } from './support/measure.ts';

const SIZES = short ? [1_000, 100_000] : [1_000, 100_000, 1_000_000, 10_000_000];
const PEER_SIZES = short ? [1_000] : [1_000, 100_000, 1_000_000];
const ROUNDS = roundsOr(short ? 8 : 12);
/** Of fewer keys the process’s own coming and going would be measured. */
const TOLD = 1_000_000;
/** Decisions a round. */
const TIMES = short ? 20_000 : 100_000;

const asked = keysAsked();
if (asked !== undefined) {
  printBytesPerKey(asked);
  process.exit(0);
}

interface Subject {
  name: string;
  taker: Taker;
  bytesPerKey: number;
  keys: number;
  end(): void;
}

/** Fills both one after the other, the largest last; each is measured while the others are there. */
const subjects: Subject[] = [];
for (const size of SIZES) subjects.push(ours(size));
for (const size of PEER_SIZES) subjects.push(await peer(size));

/** The largest that a target is about: what of a decision is neither clock nor hash. */
const HASHED = short ? 100_000 : 1_000_000;
const hashed = hashedRounds(HASHED);
const hashedNs: number[] = [];
const hashedAwaits: number[] = [];

const costs = new Map<string, Cost[]>(subjects.map(({ name }) => [name, []]));
/** A bare await beside each of them. */
const awaits = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (const { name, taker, keys } of subjects) {
    const bareNs = await bareAwaitRound();
    const cost = await measureRound(taker, sampleOf(keys), TIMES);
    if (round < 0) continue;
    costs.get(name)?.push(cost);
    awaits.get(name)?.push((bareNs + (await bareAwaitRound())) / 2);
  }
  const bareNs = await bareAwaitRound();
  const ns = hashed(TIMES);
  if (round < 0) continue;
  hashedNs.push(ns);
  hashedAwaits.push((bareNs + (await bareAwaitRound())) / 2);
}

const rows: Row[] = rowsOf(
  named(SIZES[0]),
  new Map([...costs].map(([name, all]) => [name, all.map(({ ns }) => ns)])),
);
const more: Record<string, number> = {
  'a bare await, ns': figureOf([...awaits.values()].flat()).figure,
};
for (const [name, all] of awaits) {
  const taken = (costs.get(name) ?? []).map(({ ns }) => ns);
  more[`in bare awaits beside it, ${name}`] = bestRatio(taken, all);
}
const kernelAlone = `the kernel alone, ${named(HASHED)} hashed before, no clock`;
more[`ns, ${kernelAlone}`] = figureOf(hashedNs).best;
more[`in bare awaits beside it, ${kernelAlone}`] = bestRatio(hashedNs, hashedAwaits);
for (const { name, bytesPerKey, keys } of subjects) {
  if (keys >= TOLD) more[`bytes a key, ${name}`] = bytesPerKey;
  const all = costs.get(name) ?? [];
  more[`longest wait for 100 decisions in ms, ${name}`] = Math.max(...all.map(({ longestMs }) => longestMs));
  const pauses = all.flatMap(({ pausesMs }) => pausesMs);
  if (!observed) continue;
  more[`collector’s pauses in µs a thousand decisions, ${name}`] =
    (pauses.reduce((sum, ms) => sum + ms, 0) * 1_000) / ((all.length * TIMES) / 1_000);
}
for (const { end } of subjects) end();
report('keys (a decision; ratio to a thousand keys)', rows, more, [
  'Ours: rateLimiter({ perKey }).tryAcquire(permits, key), the key hashed, the clock read; a permit a day, so that each key that was seen stays live.',
  'rate-limiter-flexible: await RateLimiterMemory.consume(key, 1, { duration a day }); ten million keys would be five gigabytes of objects and ten million timers.',
  'Bytes: what a process of its own grew by for ours, shared memory and heap; what the heap holds for the peer; without the text of the keys. Longest wait: all that happens meanwhile, the machine’s other work too.',
]);
// Its timers, one a key, would keep the process alive for a day.
process.exit(0);

function named(size: number): string {
  return `${size.toLocaleString('en').replaceAll(',', ' ')} keys`;
}

function ours(keys: number): Subject {
  const limiter = rateLimiter({ permitsPerSecond: 1 / 86_400, burst: 1_000, perKey: { maxKeys: keys } });
  let got = 0;
  for (let i = 0; i < keys; i++) if (limiter.tryAcquire(1, keyOf(i))) got++;
  if (got !== keys) throw new Error(`${got} of ${keys} keys got a bucket`);
  const taker: Taker = (key) => limiter.tryAcquire(0.001, key);
  const bytes = keys >= TOLD ? bytesPerKey(keys) : Number.NaN;
  return { name: named(keys), taker, bytesPerKey: bytes, keys, end: () => limiter.dispose() };
}

async function peer(keys: number): Promise<Subject> {
  const before = heldBytes();
  const limiter = new RateLimiterMemory({ points: 1e9, duration: 86_400 });
  for (let i = 0; i < keys; i++) await limiter.consume(keyOf(i));
  const bytesPerKey = (heldBytes() - before) / keys;
  const taker: Taker = async (key) => (await limiter.consume(key)).remainingPoints > 0;
  return { name: `rate-limiter-flexible: ${named(keys)}`, taker, bytesPerKey, keys, end: () => {} };
}
