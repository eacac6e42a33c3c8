// Explores scenarios of the shipped kernels from the command line, and tells what was seen.
//
//   run.ts                      all of them, and which accesses none reaches
//   run.ts bucket breaker       suites and scenarios whose name contains one of the words
//   run.ts bucket --brief       without the schedules of failures

import { figures, tryOut } from './harness/suite.ts';
import { suites } from './scenarios/index.ts';
import { shipped } from './shipped.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
const explored = [];
for (const suite of suites) {
  for (const scenario of suite.scenarios) {
    if (!wanted(suite.name) && !wanted(scenario.name)) continue;
    const tried = tryOut(shipped, scenario);
    console.log(`${suite.name}: ${scenario.name}\n  ${figures(tried)}`);
    if (tried.told !== undefined)
      console.log(process.argv.includes('--brief') ? tried.told.split('\n')[0] : tried.told);
    else explored.push(tried);
  }
}
const reached = new Set(explored.flatMap(({ exploration }) => [...exploration.reached]));
if (words.length === 0) {
  const contended = new Set(explored.flatMap(({ exploration }) => [...exploration.contended]));
  console.log(
    `${[...reached].filter((id) => id >= 0).length} of ${shipped.sites.length} accesses reached, ${contended.size} in conflict with another`,
  );
  for (const { id, label } of shipped.sites) if (!reached.has(id)) console.log(`not reached: ${label}`);
}
