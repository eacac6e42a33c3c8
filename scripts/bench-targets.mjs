// What the benches are to show, and whether the results do: a table of targets beside what was measured.
//
// Nanoseconds are limits of a machine on which a bare await takes 33; on another one what counts is how many bare
// awaits of the same run they are. Where that is the measure, the nanoseconds of the best rounds stand beside it: of
// two engines that take as long, the one whose bare await is shorter is further from the limit. A target that is
// missed says what bounds it and what would be tried next.

const ns = (table, row) => (results) => find(results, table, row)?.ns;
/** Of its best rounds, which say the least about what else the machine did. */
const best = (table, row) => (results) => find(results, table, row)?.best;
const ratio = (table, row) => (results) => find(results, table, row)?.ratio;
/** In bare awaits that were measured beside it. */
const awaits = (table, row) => more(table, `in bare awaits beside it, ${row}`);
const more = (table, name) => (results) => results[table]?.more?.[name];
/** One ratio over another to the same baseline. */
const over = (table, row, base) => (results) => {
  const [of, by] = [find(results, table, row), find(results, table, base)];
  return of && by && of.ratio / by.ratio;
};

const MILLION = '1 000 000 keys';
/** What most of them are measured in. */
export const UNIT = best('policies', 'bare await');
const FIVE = 'five protections with error and latency budget';
const WRAP = 'cockatiel: retry, breaker, bulkhead and timeout';
const FUSED = 'admit + settle: breaker, limiter, bulkhead, budget, latency: WASM, shared';
const KERNELS =
  'best rounds, parts of the fused call over an empty one (20 ns, of which 8 are its two crossings): breaker 16, limiter 11, budget 7, bulkhead 6 (19 behind its fence), latency 4; there are seven atomic changes of 2.8 each in it. Next: the limiter’s decision inside admit instead of behind a call, for which the binary has no room. Bun and Deno take as long, and their bare await is shorter';

export const TARGETS = [
  at(
    'a token bucket, a kernel call',
    'at most 12 ns, 0.36 bare awaits',
    0.364,
    awaits('kernels', 'limiter: granted: WASM, shared'),
    {
      time: best('kernels', 'limiter: granted: WASM, shared'),
      bound:
        'of 14.5 ns in its best rounds the crossing is 4, the compare-and-swap 3, a call between kernels 2; with everything in one function it is 12.5, and the binary three times as large; Bun and Deno take as long, and their bare await is shorter',
    },
  ),
  at(
    'admit + settle with five protections, kernel calls',
    'at most 40 ns, 1.21 bare awaits',
    1.212,
    awaits('kernels', FUSED),
    {
      time: best('kernels', FUSED),
      bound: KERNELS,
    },
  ),
  at('a breaker, awaited, to a bare await', 'at most 3.3 ×', 3.3, ratio('policies', 'breaker'), {
    time: best('policies', 'breaker'),
    bound:
      'no clock is read and no function is made for it; of samples on Deno 55 % are in the engine’s code for promises, 22 in the loop that measures, 13 in the kernel, 9 in the short path. Next: successes that are counted here and handed to the kernel several at a time',
  }),
  at('a breaker, awaited, to cockatiel’s', 'under 1 ×', 1, over('policies', 'breaker', 'cockatiel: breaker')),
  at('five protections with budgets, to a bare await', 'at most 8 ×', 8, ratio('policies', FIVE), {
    time: best('policies', FIVE),
    bound:
      'by parts left out, of some 500 ns on Node: kernels 150 (65 in them by samples, 73 for both calls in a loop of their own; where the rest goes is not known yet), two readings of the clock 92, the bare await 52, a promise that a timer can settle, with two resolvers and two reactions, 75, the record, its timer and what is looked at 130. On Deno each reading of the clock leaves the engine (94 ns by itself, to 37 of the kernel’s call). Next: to find that out with a machine that counts its misses, and a smaller record for a call that has a timeout of its attempt and nothing else',
  }),
  from('the same, faster than cockatiel’s wrap of four', 'at least 40 ×', 40, over('policies', WRAP, FIVE), {
    bound:
      'as above; cockatiel’s own time swings by a third from run to run, since it sets and clears a timer a call',
  }),
  at(
    'refused by an open breaker, tryAcquire, to a bare await',
    'at most 1.8 ×',
    1.8,
    over('permits', 'open breaker: tryAcquire', 'bare await'),
    {
      time: best('permits', 'open breaker: tryAcquire'),
      bound:
        'the clock is half of it; a refusal is an object with reason and wait, and is counted: two kernel calls. Next: counting it inside admit',
    },
  ),
  at(
    'refused, thrown, to cockatiel’s',
    'at most 0.4 ×',
    0.4,
    over('refusals', 'open breaker: execute, thrown', 'cockatiel: isolated breaker, thrown'),
    {
      bound:
        'on Deno an error costs 1.9 µs without a stack trace, 0.4 on Node: its own hook is called for each; what cockatiel throws has a trace, which costs little more there',
    },
  ),
  at(
    'a limiter with its clock, to a bare await',
    'at most 1.8 ×',
    1.8,
    over('permits', 'token bucket: tryAcquire', 'bare await'),
    {
      time: best('permits', 'token bucket: tryAcquire'),
      bound:
        'a reading of the clock is 91 of its 107 ns on Deno; the machine’s own call is 37, and there is no faster way to it from any runtime (hrtime, Date.now and the rest were tried)',
    },
  ),
  at(
    'a keyed limiter, a million live keys, clock and hash',
    'at most 150 ns, 4.5 bare awaits',
    4.55,
    awaits('keys', MILLION),
    {
      time: best('keys', MILLION),
      bound:
        'the clock 60 to 90, kernel and hash 80, the rest is memory: a key’s text, its cell and the table’s pages are in no cache. Next: one byte a unit for Latin-1 keys, hash and decision in one kernel call. Bun and Deno take as long as Node, and their bare await is shorter',
    },
  ),
  at(
    'the kernel’s decision alone: keys hashed before, no clock',
    'at most 60 ns, 1.82 bare awaits',
    1.818,
    awaits('keys', `the kernel alone, ${MILLION} hashed before, no clock`),
    {
      time: more('keys', `ns, the kernel alone, ${MILLION} hashed before, no clock`),
      bound:
        'a cell of a table of 34 MB is in no cache, and its page in no table of addresses: of a thousand keys, whose cells are, the same takes some 35 ns (55 with the hash, which is 19). Next: large pages, which no runtime asks for, or keys in batches, whose cells are fetched together',
    },
  ),
  at('bytes a key, a million keys', 'at most 40 B', 40, more('keys', `bytes a key, ${MILLION}`), {
    bound:
      '33.5 by construction; what the process has besides is counted too, and the table is a power of two',
  }),
  at(
    'a call under way, five protections, over a bare await',
    'at most 400 B',
    400,
    more('memory', 'bytes of a call under way over a bare await: five protections'),
    {
      bound:
        'the record 230 B, two resolvers and their context 170, two reactions and theirs 160, the derived promise 100, boxed times 50',
    },
  ),
  at(
    'heap after 10 million calls',
    'at most 1,000 kB more',
    1_000,
    more('memory', 'kilobytes of heap more after 10 million calls of five protections with budgets'),
  ),
  from(
    'a flood of small tasks, to Piscina by itself',
    'at least 8 ×',
    8,
    over('offload', 'task of 0 ms, flooded: Piscina', 'task of 0 ms, flooded: Holdfast'),
    {
      bound:
        'met on Node and Bun; on Deno, which takes longer for a message between threads, it was not profiled',
    },
  ),
  at(
    'a lone task, to Piscina by itself',
    'at most 1.15 ×',
    1.15,
    ratio('offload', 'task of 0 ms, alone: Holdfast'),
  ),
  from(
    'two threads on policies of their own, to one',
    'at least 1.8 ×',
    1.8,
    ratio('threads', 'two threads on policies of their own'),
    { bound: 'the machine has two cores, and whatever else runs takes from the second' },
  ),
  from(
    'two threads on one policy, to one',
    'at least 0.5 ×',
    0.5,
    ratio('threads', 'two threads on one policy'),
    {
      bound:
        'both change the same words, whose cache line goes from core to core with each call; met on Node and Deno',
    },
  ),
  at(
    'a scrape of 1,000 policies',
    'at most 300 ms',
    300,
    ns('scrape', 'a scrape of 1,000 policies, in all (limit 300)'),
  ),
  at(
    'the longest block during GET /metrics',
    'at most 20 ms',
    20,
    ns('scrape', 'the longest block of the event loop during GET /metrics (limit 20)'),
  ),
  at(
    'the stream of 500 policies, work a second',
    'at most 20 ms',
    20,
    ns('scrape', 'the dashboard’s stream of 500 policies that all change, a second (limit 20)'),
  ),
  at(
    'a policy under a running manager, to one without',
    'at most 1.1 ×',
    1.1,
    ratio('manager', 'a policy under a running manager'),
  ),
  at(
    'import, createHoldfast and start',
    'at most 60 ms',
    60,
    ns('start', 'of that: import, createHoldfast and start'),
    {
      bound:
        'half is the engine’s reading of 0.6 MB of source, a quarter the runtime’s own modules, 3 ms the kernels; runs of one runtime differ by a sixth. Next: split off what a runtime without workers and health checks does not load',
    },
  ),
  from(
    'requests a second through the gateway, to one without Holdfast',
    'at least 0.95 ×',
    0.95,
    ratio('service', 'the gateway with Holdfast'),
    {
      bound:
        'a signal of its own for each attempt (2 µs), one listener on the request’s signal (2 µs), the policy (1 to 2 µs); three processes share two cores, and rounds differ by more than that',
    },
  ),
];

function at(work, aim, most, measured, { bound, time } = {}) {
  return { work, aim, measured, bound, time, holds: (value) => value <= most };
}

function from(work, aim, least, measured, { bound } = {}) {
  return { work, aim, measured, bound, holds: (value) => value >= least };
}

function find(results, table, row) {
  return results[table]?.rows?.find(({ name }) => name === row);
}
