// What a user of each entry sees of its types.

import { createHoldfast, type Policy, type PolicyOutcome, policy, tasksOf } from 'holdfast';
import { type ManualClock, manualClock, seededRandom, upstream } from 'holdfast/testing';
import { attach, holdfast as inWorker } from 'holdfast/worker';

const clock: ManualClock = manualClock({ startMs: 5 });
const guarded: Policy = policy({ timeout: { attemptMs: 100 } }, { clock, random: seededRandom(7) });
const result: number = await guarded.execute(() => 1);
const outcome: PolicyOutcome<string> = await guarded.executeOutcome(async () => 'x');
if (outcome.ok) outcome.value.toUpperCase();
else if (outcome.rejected) String(outcome.error);

const holdfast = createHoldfast({
  policies: { send: { bulkhead: { maxConcurrent: result } } },
  workers: {
    tasks: tasksOf<typeof import('./typed-tasks.js')>(new URL('./typed-tasks.js', import.meta.url)),
  },
});
const length: number = await holdfast.offload('length', 'text', { policy: 'send' });
// @ts-expect-error: no task has this name
void holdfast.offload('width', 'text');
// @ts-expect-error: the task takes a text
void holdfast.offload('length', length);
// @ts-expect-error: an option is misspelt
policy({ circuitBreaker: { consecutiveFailure: 5 } });

const up = upstream<string>();
up.succeed('well');
export const answer: string = await guarded.execute(up.operation);
export const names: string[] = inWorker.policies;
export const joined = async (handle: unknown): Promise<Policy> => (await attach(handle)).policy('send');
