// What does it cost to be watched: a scrape of 1,000 policies, by itself and through the admin server, and a
// dashboard that shows 500?
//
// The client is another process, so that its work falls on nobody here.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { EventStreams } from '../src/admin/event-streams.ts';
import { createHoldfast } from '../src/index.ts';
import { manualClock } from '../src/testing/index.ts';
import { figureOf } from './support/figures.ts';
import { type Row, report, roundsOr, short } from './support/measure.ts';

const ROUNDS = roundsOr(short ? 4 : 10);

const CLIENT = `require('node:readline').createInterface({ input: process.stdin }).on('line', async (url) => {
  const text = await (await fetch(url)).text();
  console.log(text.split('\\n').length);
});`;

const everything = {
  rateLimiter: { permitsPerSecond: 1_000, maxWaitMs: 10 },
  bulkhead: { maxConcurrent: 10, maxQueue: 10 },
  circuitBreaker: { consecutiveFailures: 5 },
  timeout: { attemptMs: 1_000 },
  retry: {},
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
};

function runtime(count: number, more: Parameters<typeof createHoldfast>[0] = {}) {
  const names = Array.from({ length: count }, (_, index) => `policy-${index}`);
  return createHoldfast({
    policies: Object.fromEntries(names.map((name) => [name, everything])),
    memory: { policies: count, threads: 1, keys: 0 },
    ...more,
  });
}

async function used(holdfast: ReturnType<typeof runtime>): Promise<void> {
  for (const name of holdfast.policies) await holdfast.policy(name).execute(() => 'done');
}

const rows: Row[] = [];
function row(name: string, unit: string, values: number[], limit: number): void {
  const { figure, ...more } = figureOf(values);
  rows.push({ name, ns: figure, unit, ratio: figure / limit, ...more });
}

const watched = runtime(1_000);
await used(watched);

// In all: as fast as it can be made.
const whole: number[] = [];
const busy: number[] = [];
let lines = 0;
for (let round = -2; round < ROUNDS; round++) {
  const beganMs = performance.now();
  const before = process.cpuUsage();
  const text = await watched.metrics.metrics();
  if (round >= 0) whole.push(performance.now() - beganMs);
  if (round >= 0) busy.push(process.cpuUsage(before).user / 1_000);
  lines = text.split('\n').length;
}
if (lines < 80_000) throw new Error(`only ${lines} lines were written`);
row('a scrape of 1,000 policies, in all (limit 300)', 'ms', whole, 300);
row('of that: at work, all threads of the process', 'ms', busy, 300);

// Through the server: what happens to everybody else meanwhile.
const server = await watched.admin({ port: 0 });
const client = spawn(process.env.HOLDFAST_NODE ?? process.execPath, ['-e', CLIENT], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const blocks: number[] = [];
const turns: number[] = [];
const routes: number[] = [];
for (let round = -2; round < ROUNDS; round++) {
  let longestMs = 0;
  let busiestMs = 0;
  let lastMs = performance.now();
  let before = process.cpuUsage();
  let going = true;
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    const { user, system } = process.cpuUsage(before);
    busiestMs = Math.max(busiestMs, (user + system) / 1_000);
    before = process.cpuUsage();
    if (going) setImmediate(turn);
  };
  turn();
  const beganMs = performance.now();
  client.stdin.write(`${server.url}/metrics\n`);
  const told = Number((await once(client.stdout, 'data'))[0]);
  going = false;
  // Percentiles of a window in which nothing happened any more are not written.
  if (told < lines * 0.95) throw new Error(`${told} lines came of ${lines}`);
  if (round < 0) continue;
  blocks.push(longestMs);
  turns.push(busiestMs);
  routes.push(performance.now() - beganMs);
}
row('the longest block of the event loop during GET /metrics (limit 20)', 'ms', blocks, 20);
row('the longest turn of it, at work, all threads of the process', 'ms', turns, 20);
row('GET /metrics, until the client has it', 'ms', routes, 300);
client.stdin.end();
await server.close();

// The stream: three seconds together, since percentiles are read every third. Every policy changes in each.
const clock = manualClock();
const shown = runtime(500, { clock });
const streams = new EventStreams(shown as never, clock);
const reader = streams.open()?.getReader();
const shares: number[] = [];
for (let span = -1; span < ROUNDS; span++) {
  let usedMs = 0;
  for (let second = 0; second < 3; second++) {
    await used(shown);
    const before = process.cpuUsage();
    const told = reader?.read();
    await clock.advance(1_000);
    if ((await told)?.value === undefined) throw new Error('the stream told nothing');
    const { user, system } = process.cpuUsage(before);
    usedMs += (user + system) / 1_000;
  }
  if (span >= 0) shares.push(usedMs / 3);
}
streams.close();
row('the dashboard’s stream of 500 policies that all change, a second (limit 20)', 'ms', shares, 20);

report('scrape: ratios are to the limit', rows, { 'lines of a scrape': lines });
