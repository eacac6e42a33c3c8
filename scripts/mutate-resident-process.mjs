// The process of `Resident`: loads each file of tests once, and runs its scenes whenever it is asked to, with the
// mutant in force that it is told.

import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { registered, runAll } from './mutate-mini.mjs';

register('./mutate-resident-hooks.mjs', import.meta.url);
// Whether a property fails is asked, not by how little.
fc.configureGlobal({ endOnFailure: true });

const { stackTraceLimit } = Error;
const { mutant } = await import(pathToFileURL(resolve('mutant.mjs')).href);
const files = new Map();
const RUNS_PER_SWEEP = 10;
let runs = 0;
let asked;

function inForce(number) {
  mutant.n = number;
  // Threads and processes that a scene starts read it there.
  process.env.HOLDFAST_MUTANT = String(number);
}

async function run({ file, number, load }) {
  inForce(-1);
  if (load) {
    files.set(file, await registered(() => import(pathToFileURL(resolve(file)).href)));
    return;
  }
  // Slots of policies that nobody holds any more are free when that was noticed, between two turns.
  if (++runs % RUNS_PER_SWEEP === 0) {
    globalThis.gc();
    await new Promise((done) => setTimeout(done, 1));
  }
  Error.stackTraceLimit = stackTraceLimit;
  // Nothing else is left to do, and the scene has not ended: it never will.
  process.channel.unref();
  inForce(number);
  await runAll(files.get(file));
}

function answer(failed, why) {
  if (asked === undefined) return;
  asked = undefined;
  inForce(-1);
  process.channel.ref();
  process.send({ failed, why });
}

process.on('message', async (message) => {
  asked = message;
  try {
    await run(message);
    if (asked === message) answer(false);
  } catch (error) {
    if (asked === message) answer(true, String(error?.message ?? error));
  }
});
// What nobody awaited fails the scene that runs, as it does in the real runner; the process stays.
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => answer(true, String(error?.message ?? error)));
}
process.on('beforeExit', () => answer(true, 'never ends'));
process.send('ready');
