// Run as a process of its own that says it is no Node, so that nothing but the wall clock is common to its threads.

if (!('Deno' in globalThis)) Object.assign(globalThis, { Deno: {} });
const { adoptThreadOrigin, threadNow, threadOrigin } = await import('../../src/base/thread-time.ts');

const origin = threadOrigin();
const measured = Array.from({ length: 3 }, () => Math.abs(threadOrigin() - origin));
// Another thread, whose time began an hour earlier.
const before = threadNow();
adoptThreadOrigin(origin - 3_600_000);
const moved = threadNow() - before;
adoptThreadOrigin(Number.NaN);
const kept = threadNow() - before - moved;
console.log(JSON.stringify({ measured, moved, kept }));
