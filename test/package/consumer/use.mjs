// Uses what is installed, and says what came of it.

import { CircuitOpenError, createHoldfast, policy, tasksOf } from 'holdfast';
import { manualClock, upstream } from 'holdfast/testing';

const clock = manualClock();
const up = upstream();
const guarded = policy(
  { circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 }, timeout: { attemptMs: 100 } },
  { clock },
);
up.hang();
const late = guarded.executeOutcome(up.operation);
await clock.advance(100);
const { error } = await late;
const refused = await guarded.executeOutcome(up.operation);
await clock.advance(1_000);
up.succeed('back');
const back = await guarded.execute(up.operation);

const holdfast = createHoldfast({
  name: 'consumer',
  policies: { send: { bulkhead: { maxConcurrent: 2 } } },
  workers: { tasks: tasksOf(new URL('./tasks.mjs', import.meta.url)), maxThreads: 1 },
});
await holdfast.start();
const doubled = await holdfast.offload('double', 21, { policy: 'send' });
const through = await holdfast.offload('through', 'send');
await holdfast.stop();

console.log(
  JSON.stringify({
    engine: holdfast.engine,
    late: error.code,
    refused: refused.error instanceof CircuitOpenError,
    back,
    doubled,
    through,
    state: holdfast.state,
  }),
);
