// What does a service lose by being protected?
//
// Baseline: the gateway of examples/ without Holdfast. Both answer GET /upstream/hello, which they fetch from an
// upstream of their own; requests are sent by autocannon, in turn, and each must be answered with 200.

import { startTarget } from '../examples/gateway/load/target.ts';
import { type Load, load } from './service/load.ts';
import { report, roundsOr, rowsOf, short } from './support/measure.ts';

const ROUNDS = roundsOr(short ? 3 : 9);
const REQUESTS = short ? 1_000 : 4_000;
const BARE = 'the gateway without Holdfast';
const GUARDED = 'the gateway with Holdfast';

/** More than is sent: what is measured is what passing costs. */
const env = { PER_CLIENT: '1000000' };
const targets = [
  { name: BARE, target: await startTarget({ ...env, PROTECT: 'no' }) },
  { name: GUARDED, target: await startTarget(env) },
];
const rates = new Map<string, number[]>(targets.map(({ name }) => [name, []]));
const p50 = new Map<string, number[]>(targets.map(({ name }) => [name, []]));
const p99 = new Map<string, number[]>(targets.map(({ name }) => [name, []]));
try {
  for (let round = -1; round < ROUNDS; round++) {
    for (const { name, target } of targets) {
      const { perSecond, p50Ms, p99Ms } = await answered(`${target.url}/upstream/hello`);
      if (round < 0) continue;
      rates.get(name)?.push(perSecond);
      p50.get(name)?.push(p50Ms);
      p99.get(name)?.push(p99Ms);
    }
  }
} finally {
  for (const { target } of targets) await target.stop();
}

/** A round in which a request was refused or late is no measure of what passing costs: it is done again, twice. */
async function answered(url: string): Promise<Load> {
  for (let tried = 1; ; tried++) {
    try {
      return await load(url, REQUESTS);
    } catch (error) {
      if (tried === 3) throw error;
      // An open breaker has time to close.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

const middle = (all: readonly number[] = []) => all.toSorted((a, b) => a - b)[all.length >> 1];
report(
  'service (requests a second; ratio to the gateway without Holdfast)',
  rowsOf(BARE, rates, { unit: '/s', higher: true }),
  Object.fromEntries(
    targets.flatMap(({ name }) => [
      [`median latency in ms, ${name}`, middle(p50.get(name))],
      [`99th percentile in ms, ${name}`, middle(p99.get(name))],
    ]),
  ),
  [
    'examples/gateway: a limit for each client, then breaker (window), bulkhead, timeouts, retry with a budget, error and latency budget, chaos switched off, around a fetch.',
    `autocannon, 20 connections, ${REQUESTS} requests a round; gateway, upstream and load share the cores.`,
  ],
);
