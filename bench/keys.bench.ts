// What does a decision cost with a million live keys, in time and in bytes, beside rate-limiter-flexible in memory?

import { RateLimiterMemory } from 'rate-limiter-flexible';
import { rateLimiter } from '../src/index.ts';
import { compare, report } from './support/measure.ts';

const KEYS = Number(process.env.HOLDFAST_BENCH_KEYS ?? 1_000_000);
const PEER_KEYS = Math.min(KEYS, 100_000);
const keys = Array.from({ length: KEYS }, (_, index) => `client-${index}`);

const before = process.memoryUsage();
// A permit a day: every key that was seen stays live for the length of the bench.
const limiter = rateLimiter({ permitsPerSecond: 1 / 86_400, burst: 1_000, perKey: { maxKeys: KEYS } });
let own = 0;
for (const key of keys) if (limiter.tryAcquire(1, key)) own++;
const after = process.memoryUsage();
const bytes = after.rss - before.rss;
if (own !== KEYS) throw new Error(`${own} of ${KEYS} keys got a bucket`);

const peer = new RateLimiterMemory({ points: 1e9, duration: 86_400 });
const peerBefore = process.memoryUsage();
for (let i = 0; i < PEER_KEYS; i++) await peer.consume(keys[i]);
const peerAfter = process.memoryUsage();
const peerBytes = peerAfter.heapUsed - peerBefore.heapUsed + peerAfter.external - peerBefore.external;

// Strides apart, so that no key is still in a cache from the time before.
let at = 0;
const next = (size: number) => {
  at = (at + 514_229) % size;
  return keys[at];
};
const few = keys.slice(0, 1_000);

const rows = await compare('a thousand of them', [
  {
    name: 'a thousand of them',
    run(times) {
      let passed = 0;
      for (let i = 0; i < times; i++) {
        limiter.tryAcquire(0.001, few[i % 1_000]);
        passed++;
      }
      return passed;
    },
  },
  {
    name: `all ${KEYS} of them, in leaps`,
    run(times) {
      let decided = 0;
      for (let i = 0; i < times; i++) {
        limiter.tryAcquire(0.001, next(KEYS));
        decided++;
      }
      return decided;
    },
  },
  {
    name: `rate-limiter-flexible in memory, ${PEER_KEYS} keys, in leaps`,
    async run(times) {
      let decided = 0;
      for (let i = 0; i < times; i++) {
        await peer.consume(next(PEER_KEYS));
        decided++;
      }
      return decided;
    },
    share: 0.1,
  },
]);
report('keys', rows, {
  'bytes a key': bytes / KEYS,
  'bytes a key, rate-limiter-flexible': peerBytes / PEER_KEYS,
});
limiter.dispose();
// Its timers, one a key, would keep the process alive for a day.
process.exit(0);
