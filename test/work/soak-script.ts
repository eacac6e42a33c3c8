import process from 'node:process';
import { soak } from './soak.ts';

const [seconds, seed, kills] = process.argv.slice(2);
const report = await soak(Number(seconds), seed, kills === undefined ? undefined : Number(kills));
const { outcomes, heapGrowthMb, ...facts } = report;
console.log(`soak of ${seconds} s, seed ${seed}`);
for (const [name, value] of Object.entries(facts)) {
  if (name !== 'seed') console.log(`  ${name.padEnd(14)}${value}`);
}
console.log(`  heap growth   ${heapGrowthMb.toFixed(1)} MB`);
for (const [outcome, count] of Object.entries(outcomes).sort(([, a], [, b]) => b - a)) {
  console.log(`    ${outcome.padEnd(24)}${count}`);
}
if (report.lost + report.wrong + report.held + report.miscounted > 0) process.exitCode = 1;
