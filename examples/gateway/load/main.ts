// Drives the gateway through a story: npm run load. Says what came of each phase, and whether every request was
// answered once.
//
//   LOAD_SECONDS=15   how long each of the six phases takes; 60 makes a run that shows whether memory is flat

import process from 'node:process';
import { decisionsOf, since } from './decisions.ts';
import { STORY, WARM_UP } from './story.ts';
import { type Sent, send } from './stream.ts';
import { startTarget } from './target.ts';

const SECONDS = Number(process.env.LOAD_SECONDS ?? 15);
const WARM_UP_SECONDS = Math.min(5, SECONDS);

const target = await startTarget();
const { url, adminUrl, token } = target;
const all: Sent[] = [];
const memoryMb: number[] = [];
const p99OfHello = new Map<string, number>();
try {
  all.push(...(await Promise.all(WARM_UP.streams.map((stream) => send(url, stream, WARM_UP_SECONDS)))));
  memoryMb.push(target.memoryMb());
  let before = await decisionsOf(adminUrl, token);
  for (const { name, streams, fault, chaos } of STORY) {
    console.log(`\n${name}, ${SECONDS} s`);
    if (fault !== undefined) await target.fault(fault);
    if (chaos) await target.chaos(SECONDS * 1_000);
    const sent = await Promise.all(streams.map((stream) => send(url, stream, SECONDS)));
    if (fault !== undefined) await target.fault('none');
    for (const each of sent) {
      console.log(row(each));
      if (each.name === 'upstream') p99OfHello.set(name, each.p99Ms);
    }
    const after = await decisionsOf(adminUrl, token);
    for (const [said, times] of since(before, after)) console.log(`  ${String(times).padStart(8)}  ${said}`);
    before = after;
    all.push(...sent);
    memoryMb.push(target.memoryMb());
  }
  const told = memoryMb.map((mb) => mb.toFixed(0)).join(', ');
  console.log(`\nmemory of the gateway, before the story and after each phase: ${told} MB`);
} finally {
  await target.stop();
}

const flooded = (p99OfHello.get('flood of /digest') ?? Number.NaN) / (p99OfHello.get('calm') ?? Number.NaN);
console.log(`p99 of /upstream/hello in the flood: ${flooded.toFixed(1)} × the calm one`);
const sum = (of: (sent: Sent) => number) => all.reduce((total, sent) => total + of(sent), 0);
const sent = sum((each) => each.sent);
const answered = sum(({ statuses }) => Object.values(statuses).reduce((total, count) => total + count, 0));
const once = sent === answered && sum(({ unanswered }) => unanswered) === 0;
console.log(
  `${sent} requests sent, ${answered} answers: ${once ? 'each answered once' : 'NOT each answered once'}`,
);
process.exitCode = once ? 0 : 1;

function row({ name, sent, statuses, unanswered, p50Ms, p99Ms, maxMs }: Sent): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
  if (unanswered > 0) counts.push(`unanswered: ${unanswered}`);
  const latencies = `p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`;
  return `  ${name.padEnd(9)} ${String(sent).padStart(6)} requests   ${counts.join(', ').padEnd(36)} ${latencies}`;
}
