// Makes every atomic access of the shipped kernels wrong in every way, one at a time, and tells which of these mutants
// some scenario finds.
//
//   mutate.ts                 all of them: score and survivors; ends with 1 when a survivor has no reason
//   mutate.ts markMove LOCK   those whose name contains one of the words
//   mutate.ts --write         and writes down which scenario finds which mutant, so that tests try it first

import { readFileSync, writeFileSync } from 'node:fs';
import { EQUIVALENTS } from './equivalents.ts';
import { Hunt, mutantsByName } from './harness/hunt.ts';
import { KILLERS } from './killers.ts';
import { suites } from './scenarios/index.ts';
import { shipped } from './shipped.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
const mutants = [...mutantsByName(shipped)].filter(([name]) => wanted(name));
const scenarios = suites.flatMap((suite) => suite.scenarios);
const hunt = new Hunt(shipped, scenarios, KILLERS);

const found = new Map<string, string>();
let unexplained = 0;
for (const [name, mutant] of mutants) {
  const killer = hunt.killerOf(mutant);
  const reason = EQUIVALENTS[name];
  if (killer !== undefined) found.set(name, killer);
  if (killer !== undefined && reason !== undefined)
    console.log(`FOUND    ${name}, and yet a reason says it cannot be`);
  else if (killer !== undefined) console.log(`killed   ${name}: ${killer}`);
  else console.log(reason === undefined ? `SURVIVED ${name}` : `equal    ${name}: ${reason}`);
  if ((killer === undefined) === (reason === undefined)) unexplained++;
}
const gone = Object.keys(EQUIVALENTS).filter(
  (name) => wanted(name) && !mutants.some(([each]) => each === name),
);
for (const name of gone) console.log(`GONE     ${name}: there is a reason for it, and no such mutant`);

const score = ((100 * found.size) / Math.max(1, mutants.length)).toFixed(1);
console.log(
  `${found.size} of ${mutants.length} mutants killed (${score} %), ${mutants.length - found.size} survive, ${unexplained + gone.length} without a reason that holds`,
);
if (process.argv.includes('--write')) writeDown(new Map([...Object.entries(KILLERS), ...found]));
process.exitCode = unexplained + gone.length > 0 ? 1 : 0;

function writeDown(killers: ReadonlyMap<string, string>): void {
  const file = new URL('killers.ts', import.meta.url);
  const known = mutantsByName(shipped);
  const lines = [...killers]
    .filter(([name]) => known.has(name))
    .sort()
    .map(([name, killer]) => `  ${quoted(name)}:\n    ${quoted(killer)},\n`);
  const [head] = readFileSync(file, 'utf8').split('= {');
  writeFileSync(file, `${head}= {\n${lines.join('')}};\n`);
}

function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
