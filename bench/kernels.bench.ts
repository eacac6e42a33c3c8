// What does a decision cost by itself, and how much more in JavaScript?
//
// Baseline of each case: the WASM kernel. One thread, no clock read, each engine in a process of its own, so that
// no call site sees both. What was decided is counted and checked.

import { spawnSync } from 'node:child_process';
import { cases } from './kernels/cases.ts';
import { type Figure, measured } from './kernels/measured.ts';
import { report } from './support/measure.ts';

type Figures = Record<string, Figure>;

const engine = process.argv.find((word) => word.startsWith('--engine='))?.slice('--engine='.length);

if (engine === 'wasm' || engine === 'js') {
  console.log(JSON.stringify(Object.fromEntries(cases.map((one) => [one.name, measured(one, engine)]))));
} else {
  const kernels = inProcess('wasm');
  const twins = inProcess('js');
  const rows = cases.flatMap(({ name }) => {
    const [kernel, twin] = [kernels[name], twins[name]];
    return [
      { name, ...kernel, ratio: 1 },
      { name: '  in JavaScript', ...twin, ratio: twin.ns / kernel.ns },
    ];
  });
  report('kernels', rows);
}

function inProcess(name: string): Figures {
  const words = [...process.execArgv, process.argv[1], `--engine=${name}`];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the ${name} engine was not measured\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
