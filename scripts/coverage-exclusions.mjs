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
];
