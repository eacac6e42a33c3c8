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
    file: 'src/base/holdfast-error.ts',
    text: 'if (tracelessHasNoStack()) giveStack(HoldfastError.prototype);',
    reason: 'as above: true on Bun alone',
  },
  {
    file: 'src/work/lane-starter.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the line as it stands in the source
    text: '? `it did not load within ${START_MS} ms`',
    reason: 'a module that never loads is given up after 30 real seconds, longer than a test may take',
  },
];
