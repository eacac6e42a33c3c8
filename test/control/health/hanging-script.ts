// A runtime whose checks and recoveries hang, with an hour for each of them: the process ends by itself.
import { createHoldfast } from '../../../src/index.ts';

const holdfast = createHoldfast({
  memory: { policies: 1, threads: 1, keys: 0 },
  health: { builtIn: false, intervalMs: 1, timeoutMs: 3_600_000 },
});
const hang = () => new Promise<void>(() => {});

/** Runs well as often as that, then hangs and says so. */
function hangsAfter(runs: number) {
  let left = runs;
  let reached = () => {};
  const hangs = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const run = () => {
    if (left-- > 0) return;
    reached();
    return hang();
  };
  return { run, hangs };
}

const first = hangsAfter(0);
const second = hangsAfter(1);
const recovery = hangsAfter(0);
holdfast.health.add({ name: 'first', run: first.run });
holdfast.health.add({ name: 'second', run: second.run });
holdfast.component({ name: 'ill', check: () => false, recover: recovery.run, timeoutMs: 3_600_000 });
await holdfast.start();
const alive = setInterval(() => {}, 1_000);
await Promise.all([first.hangs, second.hangs, recovery.hangs]);
clearInterval(alive);
console.log('all hang');
