// What no test on Node can be seen to run, each with its reason. `npm run coverage` leaves it out of its figures, and
// complains when a line is no longer there or is run after all.
//
//   file    the source
//   text    the line, trimmed; what branches off on it is excluded too
//   block   through the line that closes what begins there
//   nth     which of several such lines, from 1; all of them when absent
//   chance  now and then it is run

export const EXCLUSIONS = [];
