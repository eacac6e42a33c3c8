// What no test on Node can be seen to run, each with its reason. `npm run coverage` leaves it out of its figures, and
// complains when a line is no longer there or is run after all.
//
//   file    the source
//   text    the line, trimmed; what branches off on it is excluded too
//   block   through the line that closes what begins there
//   nth     which of several such lines, from 1; all of them when absent
//   chance  now and then it is run

export const EXCLUSIONS = [
  {
    file: 'src/base/holdfast-error.ts',
    text: 'function giveStack(prototype: Error): void {',
    block: true,
    reason:
      'only Bun leaves `stack` out of an error made without frames; its runs of test/base/errors reach it',
  },
  {
    file: 'src/control/metrics/metrics.ts',
    text: "? require('prom-client/lib/registry.js')",
    reason:
      'there is a `require` only in what a bundler makes: test/package runs that, and it is another file',
  },
  {
    file: 'src/work/lane-starter.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the line as it stands in the source
    text: '? `it did not load within ${START_MS} ms`',
    chance: true,
    reason: 'a module is given up after 30 real seconds, which only a machine under great load ever sees',
  },
  {
    file: 'src/work/lane.ts',
    text: '} catch {',
    block: true,
    chance: true,
    reason:
      'an answer that cannot be read is met here or in an event, as it comes: test/work/results-corners sends some',
  },
  {
    file: 'src/policy/line.ts',
    text: 'kernels.rateWait(at, nowMs - originMs, head.permits) === 0);',
    chance: true,
    reason: 'two threads wait for one limiter in real time: test/policy/attached-corners, mostly',
  },
  {
    file: 'src/work/lane.ts',
    text: 'const TAKEN_AT_ONCE = process.versions.deno === undefined ? 64 : 1;',
    reason: 'the other half is for Deno alone',
  },
  {
    file: 'src/work/lane.ts',
    text: 'if (this.#number >= TASK_NUMBERS && this.#inFlight.size === 0) this.#number = 0;',
    reason: 'a thread would have to be sent more tasks than any test can wait for',
  },
  {
    file: 'src/work/lane-starter.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the line as it stands in the source
    text: "const ENTRY = `../../workers/lane.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;",
    reason: 'sources are .ts; the .js half is the built package’s, which test/package runs',
  },
  {
    file: 'src/state/twin/siphash.ts',
    text: 'i32[at] = (low | high) === 0 ? 1 : low;',
    reason: 'one key in 2^64 has the hash 0',
  },
];
