// What a protected call costs on this machine, in one run and beside a bare await.
//
// Subjects take turns for some rounds, so that what else the machine does falls on all alike; the median counts.

import { arch, cpus, platform } from 'node:os';
import { exponential, policy, rateLimiter } from 'holdfast';

const TIMES = 20_000;
const ROUNDS = 12;

export async function run() {
  const rows = await measured(subjects());
  const [bare] = rows;
  const { bun, deno, node } = process.versions;
  const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  console.log(
    `${runtime}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}\n`,
  );
  for (const { name, ns } of rows) {
    const ratio = (ns / bare.ns).toFixed(2).padStart(7);
    console.log(`${name.padEnd(52)}${ns.toFixed(0).padStart(7)} ns${ratio} ×`);
  }
}

function subjects() {
  let done = 0;
  const operation = async () => {
    done++;
  };
  const awaited = (call) => async (times) => {
    const before = done;
    for (let i = 0; i < times; i++) await call();
    return done - before;
  };
  const breaker = policy({ circuitBreaker: { consecutiveFailures: 5 } });
  const five = policy({
    circuitBreaker: { consecutiveFailures: 5 },
    rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 },
    bulkhead: { maxConcurrent: 100 },
    timeout: { attemptMs: 30_000 },
    retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) },
  });
  const open = policy({ circuitBreaker: { consecutiveFailures: 1 } });
  open.circuitBreaker?.open(3_600_000);
  const limiter = rateLimiter({ permitsPerSecond: 1e7, burst: 1e7 });
  return [
    { name: 'a bare await', run: awaited(operation) },
    { name: 'circuit breaker', run: awaited(() => breaker.execute(operation)) },
    { name: 'breaker, limiter, bulkhead, timeout and retry', run: awaited(() => five.execute(operation)) },
    { name: 'refused by an open breaker: tryAcquire', run: counted(() => !open.tryAcquire().ok) },
    {
      name: 'refused by an open breaker: executeOutcome',
      run: async (times) => {
        let refused = 0;
        for (let i = 0; i < times; i++) if ((await open.executeOutcome(operation)).rejected) refused++;
        return refused;
      },
    },
    { name: 'token bucket: tryAcquire', run: counted(() => limiter.tryAcquire()) },
  ];
}

function counted(does) {
  return (times) => {
    let did = 0;
    for (let i = 0; i < times; i++) if (does()) did++;
    return did;
  };
}

async function measured(each) {
  const taken = each.map(() => []);
  for (let round = -3; round < ROUNDS; round++) {
    for (const [index, { name, run }] of each.entries()) {
      const startNs = process.hrtime.bigint();
      const did = await run(TIMES);
      const ns = Number(process.hrtime.bigint() - startNs) / TIMES;
      if (did !== TIMES) throw new Error(`${name}: done ${did} of ${TIMES} times`);
      if (round >= 0) taken[index].push(ns);
    }
  }
  return each.map(({ name }, index) => ({ name, ns: taken[index].sort((a, b) => a - b)[ROUNDS >> 1] }));
}
