// The whole product in fast motion: a runtime on one thread, policies that three threads share, and a pool of workers,
// side by side.

import { heldBytes } from '../support/garbage.ts';
import { type SoakReport, soak } from '../work/soak.ts';
import { RuntimeWeather } from './runtime-weather.ts';
import { ThreadWeather } from './thread-weather.ts';

export interface WeatherReport {
  seed: number | string;
  /** Time that has passed for the runtime, and for the threads, in ms. */
  runtimeMs: number;
  threadsMs: number;
  did: { runtime: Record<string, number>; threads: Record<string, number> };
  calls: number;
  pool: SoakReport;
  /** What is still held after the last quiet point over what was held a third of the way, in MB. */
  heapGrowthMb: number;
  violations: string[];
}

export interface WeatherOptions {
  seed: number | string;
  /** How long it is to be in its own time. */
  minutes: number;
  /** How long the pool is busy, in real seconds: threads that end and start keep no other time. */
  poolSeconds: number;
}

/** Steps between two quiet points. */
const QUIET_EVERY = 60;
/** What engines keep of code and caches goes on growing for a while. */
const HEAP_MB = 24;

export async function weather({ seed, minutes, poolSeconds }: WeatherOptions): Promise<WeatherReport> {
  const runtime = new RuntimeWeather(seed);
  const threads = new ThreadWeather(seed);
  const untilMs = minutes * 60_000;
  const listeners = listenersOfProcess();
  const pool = soak(poolSeconds, seed);
  await runtime.begin();
  await threads.begin();
  let heldMb = Number.NaN;
  for (let step = 1; runtime.livedMs < untilMs || threads.passedMs < untilMs; step++) {
    if (runtime.livedMs < untilMs) await runtime.violations.unlessItThrows(() => runtime.step());
    if (threads.passedMs < untilMs) await threads.violations.unlessItThrows(() => threads.step());
    if (step % QUIET_EVERY !== 0) continue;
    await runtime.quiet();
    await threads.quiet();
    if (Number.isNaN(heldMb) && Math.min(runtime.livedMs, threads.passedMs) > untilMs / 3) {
      heldMb = heldBytes() / 1_048_576;
    }
    if (runtime.violations.found.length + threads.violations.found.length > 0) break;
  }
  const report = await pool;
  await runtime.end();
  await threads.end();
  const heapGrowthMb = heldBytes() / 1_048_576 - heldMb;
  const violations = [...runtime.violations.found, ...threads.violations.found];
  const { lost, wrong, held, miscounted } = report;
  if (lost + wrong + held + miscounted > 0) {
    violations.push(
      `pool, seed ${seed}: ${lost} lost, ${wrong} wrong, ${held} held, ${miscounted} miscounted`,
    );
  }
  if (heapGrowthMb > HEAP_MB)
    violations.push(`seed ${seed}: the heap has grown by ${heapGrowthMb.toFixed(1)} MB`);
  const listenersLeft = listenersOfProcess() - listeners;
  if (listenersLeft > 0) violations.push(`seed ${seed}: ${listenersLeft} listeners are left on the process`);
  return {
    seed,
    runtimeMs: runtime.livedMs,
    threadsMs: threads.passedMs,
    did: { runtime: runtime.did, threads: threads.did },
    calls: runtime.begun + threads.begun,
    pool: report,
    heapGrowthMb,
    violations,
  };
}

function listenersOfProcess(): number {
  // A runtime's own ears for listeners are nobody's leak.
  const names = process.eventNames().filter((name) => name !== 'newListener' && name !== 'removeListener');
  return names.reduce((sum, name) => sum + process.listenerCount(name), 0);
}
