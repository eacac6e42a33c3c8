import assert from 'node:assert/strict';
import { OptionsError } from '../../src/base/errors.ts';
import { type OptionsReader, readOptions } from '../../src/base/options.ts';

/** Where the options of these scenes stand. */
export const path = 'policies.send.rateLimiter';
export const known = [
  'permitsPerSecond',
  'burst',
  'maxWaitMs',
  'adaptive',
  'jitter',
  'retryAfter',
  'fair',
  'label',
  'list',
];

/** Reads options of which a few are known. */
export function read(value: unknown): OptionsReader {
  return readOptions(path, value, known);
}

/** The message of the OptionsError that this throws. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof OptionsError, String(error));
    assert.equal(error.code, 'HF_BAD_OPTION');
    return error.message;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}
