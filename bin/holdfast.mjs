#!/usr/bin/env node
// holdfast bench   what a protected call costs on this machine
// holdfast demo    an upstream fails and comes back, and what a policy makes of it

import { readFileSync } from 'node:fs';

const COMMANDS = {
  bench: () => import('./bench.mjs'),
  demo: () => import('./demo.mjs'),
};

const USAGE = `holdfast ${version()}

  holdfast bench   what a protected call costs on this machine, beside a bare await; about five seconds
  holdfast demo    an upstream fails, hangs and comes back, and what a policy makes of it; takes no time
`;

const [word, ...rest] = process.argv.slice(2);
if (word === '--version' || word === '-v') console.log(version());
else if (word === undefined || word === '--help' || word === '-h') console.log(USAGE);
else if (Object.hasOwn(COMMANDS, word) && rest.length === 0) await (await COMMANDS[word]()).run();
else {
  const said = [word, ...rest].join(' ');
  console.error(`holdfast: there is no "${said}"\n\n${USAGE}`);
  process.exitCode = 1;
}

function version() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
