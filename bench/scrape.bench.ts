// What does it cost to be watched: a scrape of 1,000 policies, by itself and through the admin server, and a
// dashboard that shows 500?
//
// Baseline: as many lines of text, put together from numbers and names that are at hand. The client is another process, so that its work falls on nobody here.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { EventStreams } from '../src/admin/event-streams.ts';
import { createHoldfast } from '../src/index.ts';
import { manualClock } from '../src/testing/index.ts';
import { type Rounds, report, roundsOr, rowsOfRounds, short } from './support/measure.ts';

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

/** Milliseconds of each figure's rounds, and of the baseline beside them. */
const taken = new Map<string, { taken: number[]; beside: number[] }>();
function round(name: string, ms: number, besideMs: number): void {
  const rounds = taken.get(name) ?? { taken: [], beside: [] };
  rounds.taken.push(ms);
  rounds.beside.push(besideMs);
  taken.set(name, rounds);
}

const LINES = 90_000;
const BASELINE = `${LINES} lines of text, put together`;

/** What a text of as many lines takes, in ms. */
function textMs(): number {
  const beganMs = performance.now();
  const parts: string[] = [];
  for (let line = 0; line < LINES; line++) {
    parts.push(`holdfast_calls_total{policy="policy-${line % 1_000}",outcome="success"} ${line * 1.5}`);
  }
  const text = parts.join('\n');
  if (text.length < LINES) throw new Error('the text was not put together');
  return performance.now() - beganMs;
}

const watched = runtime(1_000);
await used(watched);

// In all: as fast as it can be made.
const WHOLE = 'a scrape of 1,000 policies, in all (limit 300)';
const BUSY = 'of that: at work, all threads of the process';
let lines = 0;
for (let turn = -2; turn < ROUNDS; turn++) {
  const besideMs = textMs();
  const beganMs = performance.now();
  const before = process.cpuUsage();
  const text = await watched.metrics.metrics();
  const wholeMs = performance.now() - beganMs;
  const busyMs = process.cpuUsage(before).user / 1_000;
  lines = text.split('\n').length;
  if (turn < 0) continue;
  round(BASELINE, besideMs, besideMs);
  round(WHOLE, wholeMs, besideMs);
  round(BUSY, busyMs, besideMs);
}
if (lines < 80_000) throw new Error(`only ${lines} lines were written`);

// Through the server: what happens to everybody else meanwhile.
const server = await watched.admin({ port: 0 });
const client = spawn(process.env.HOLDFAST_NODE ?? process.execPath, ['-e', CLIENT], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
for (let turn = -2; turn < ROUNDS; turn++) {
  const besideMs = textMs();
  let longestMs = 0;
  let busiestMs = 0;
  let lastMs = performance.now();
  let before = process.cpuUsage();
  let going = true;
  const look = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    const { user, system } = process.cpuUsage(before);
    busiestMs = Math.max(busiestMs, (user + system) / 1_000);
    before = process.cpuUsage();
    if (going) setImmediate(look);
  };
  look();
  const beganMs = performance.now();
  client.stdin.write(`${server.url}/metrics\n`);
  const told = Number((await once(client.stdout, 'data'))[0]);
  going = false;
  // Percentiles of a window in which nothing happened any more are not written.
  if (told < lines * 0.95) throw new Error(`${told} lines came of ${lines}`);
  const routeMs = performance.now() - beganMs;
  if (turn < 0) continue;
  round('the longest block of the event loop during GET /metrics (limit 20)', longestMs, besideMs);
  round('the longest turn of it, at work, all threads of the process', busiestMs, besideMs);
  round('GET /metrics, until the client has it', routeMs, besideMs);
}
client.stdin.end();
await server.close();

// The stream: three seconds together, since percentiles are read every third. Every policy changes in each.
const clock = manualClock();
const shown = runtime(500, { clock });
const streams = new EventStreams(shown as never, clock);
const reader = streams.open()?.getReader();
const STREAM = 'the dashboard’s stream of 500 policies that all change, a second (limit 20)';
for (let span = -1; span < ROUNDS; span++) {
  const besideMs = textMs();
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
  if (span >= 0) round(STREAM, usedMs / 3, besideMs);
}
streams.close();

const rounds: ReadonlyMap<string, Rounds> = taken;
report('scrape', rowsOfRounds(BASELINE, rounds, { unit: 'ms' }), { 'lines of a scrape': lines });
