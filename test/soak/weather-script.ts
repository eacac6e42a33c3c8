import process from 'node:process';
import { weather } from './weather.ts';

const [minutes, seed] = process.argv.slice(2);
const startMs = performance.now();
// The pool is real: it is given about as long as the rest takes, on a machine with nothing else to do.
const report = await weather({ minutes: Number(minutes), seed, poolSeconds: Math.max(2, Number(minutes)) });
const { runtimeMs, threadsMs, did, calls, pool, heapGrowthMb, violations } = report;

const inMinutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`;
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');

console.log(`weather, seed ${seed}, ${versionOf()}: ${inMinutes(performance.now() - startMs)} of real time`);
console.log(`  runtime   ${inMinutes(runtimeMs)}: ${list(did.runtime)}`);
console.log(`  threads   ${inMinutes(threadsMs)}: ${list(did.threads)}`);
console.log(`  calls     ${calls}, each answered once`);
console.log(
  `  pool      ${pool.submitted} tasks, ${pool.settled} settled, ${pool.lost} lost, ${pool.threadsLost} threads lost`,
);
console.log(`  heap      ${heapGrowthMb.toFixed(1)} MB more than after a third`);
for (const violation of violations) console.log(`  VIOLATED  ${violation}`);
console.log(
  violations.length === 0 ? '  every invariant held' : `  again: npm run soak -- --weather --seed ${seed}`,
);
// Threads that were told to end may not have: what was to be seen has been seen.
process.exit(violations.length === 0 ? 0 : 1);

function versionOf(): string {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>;
  return bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${node}`;
}
