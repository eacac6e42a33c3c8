// An upstream fails, hangs and comes back. The clock is one for tests, so forty seconds take no time.

import { constant, HoldfastError, policy } from 'holdfast';
import { manualClock } from 'holdfast/testing';

const EVERY_MS = 250;
const STORY = [
  { untilMs: 3_000, is: 'well' },
  { untilMs: 10_000, is: 'failing' },
  { untilMs: 16_000, is: 'well' },
  { untilMs: 22_000, is: 'hanging' },
  { untilMs: 30_000, is: 'well' },
];

const clock = manualClock();
const seconds = () => (clock.now() / 1000).toFixed(2).padStart(6);

export async function run() {
  const guarded = policy(
    {
      circuitBreaker: { consecutiveFailures: 3, openMs: 4_000, halfOpen: { permits: 2 } },
      timeout: { attemptMs: 1_000 },
      retry: { maxRetries: 1, backoff: constant({ baseMs: 100 }) },
    },
    { name: 'send', clock },
  );
  console.log(`Four calls a second to an upstream that fails, hangs and comes back, through this policy:

  circuitBreaker: { consecutiveFailures: 3, openMs: 4_000, halfOpen: { permits: 2 } }
  timeout:        { attemptMs: 1_000 }
  retry:          { maxRetries: 1, backoff: constant({ baseMs: 100 }) }
`);
  const tally = new Map();
  guarded.on('stateChange', ({ from, to }) => console.log(`${seconds()} s  circuit: ${from} → ${to}`));
  let was = '';
  for (const { untilMs, is } of STORY) {
    console.log(`${seconds()} s  the upstream is ${is}`);
    while (clock.now() < untilMs) {
      void guarded
        .execute(() => upstream(is))
        .then(
          () => said('answered'),
          (error) => said(HoldfastError.is(error) ? error.code : error.message),
        );
      await clock.advance(EVERY_MS);
    }
  }
  await clock.advance(2_000);
  console.log('\nHow the calls ended:');
  for (const [how, times] of tally) console.log(`${String(times).padStart(5)}  ${how}`);

  function said(how) {
    tally.set(how, (tally.get(how) ?? 0) + 1);
    if (how !== was) console.log(`${seconds()} s    calls end with: ${how}`);
    was = how;
  }
}

function upstream(is) {
  if (is === 'failing') return Promise.reject(new Error('upstream: 503'));
  return is === 'hanging' ? new Promise(() => {}) : Promise.resolve('well');
}
