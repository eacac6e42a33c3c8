// What does a decision cost by itself, and how much more in JavaScript?
//
// Baseline: the WASM kernel. One thread, no clock read, each engine in a process of its own so that no call
// site sees both. What was decided is counted and checked.

import { spawnSync } from 'node:child_process';
import { cases } from './kernels/cases.ts';
import { measured } from './kernels/measured.ts';

type Figures = Record<string, number>;

const engine = process.argv.find((word) => word.startsWith('--engine='))?.slice('--engine='.length);

if (engine === 'wasm' || engine === 'js') {
  const figures: Figures = {};
  for (const one of cases) figures[one.name] = measured(one, engine);
  console.log(JSON.stringify(figures));
} else {
  const kernel = inProcess('wasm');
  const twin = inProcess('js');
  console.log(`${process.release.name} ${process.version}, ns a decision: kernel, twin, twin / kernel\n`);
  for (const { name } of cases) {
    const row = [kernel[name].toFixed(1), twin[name].toFixed(1), (twin[name] / kernel[name]).toFixed(1)];
    console.log(`${name.padEnd(60)}${row.map((part) => part.padStart(9)).join('')}`);
  }
}

function inProcess(name: string): Figures {
  const words = [...process.execArgv, process.argv[1], `--engine=${name}`];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the ${name} engine was not measured\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
