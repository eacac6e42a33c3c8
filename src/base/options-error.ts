// What was wrong with an option.

import { HoldfastError, nameError } from './holdfast-error.ts';

/** What an options error is told. */
export interface OptionsErrorFacts {
  /** The option, as one would write it: `policies.send.rateLimiter.burst`. */
  path: string;
  /** What may stand there, as a noun: "a whole number of at least 1". */
  expected: string;
  /** What stood there, as it is shown to people. */
  received: string;
  /** In place of "expected …, got …", where that would be no help. */
  what?: string;
  cause?: unknown;
}

/** An option is wrong: missing, misspelt, of the wrong kind, out of range, or at odds with another one. */
export class OptionsError extends HoldfastError {
  declare readonly path: string;
  declare readonly expected: string;
  declare readonly received: string;

  constructor({ path, expected, received, what, cause }: OptionsErrorFacts) {
    super(`${path}: ${what ?? `expected ${expected}, got ${received}`}`, { code: 'HF_BAD_OPTION', cause });
    this.path = path;
    this.expected = expected;
    this.received = received;
  }
}

nameError(OptionsError, 'OptionsError');
