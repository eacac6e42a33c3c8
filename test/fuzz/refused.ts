// What a factory may do with what it is given: take it, or refuse it by an OptionsError.

import assert from 'node:assert/strict';
import { OptionsError } from '../../src/index.ts';

/** What `make` gave; `undefined` when it was refused as it should be. Any other error fails. */
export function madeOf<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    assertRefusal(error);
    return undefined;
  }
}

/** Asserts that an error says which option, what was expected there and what came. */
export function assertRefusal(error: unknown): void {
  if (!(error instanceof OptionsError)) {
    throw new assert.AssertionError({ message: `refused by ${said(error)}`, actual: error });
  }
  const { path, expected, received, message, code } = error;
  assert.equal(code, 'HF_BAD_OPTION');
  for (const [name, text] of Object.entries({ path, expected, received })) {
    assert.ok(typeof text === 'string' && text !== '', `no ${name}: ${message}`);
  }
  assert.ok(message.startsWith(path), message);
  // A name of the user's own is said as it is.
  assert.ok(message.length - path.length < 2_000, `a message of ${message.length} characters`);
}

function said(error: unknown): string {
  try {
    return error instanceof Error ? `${error.stack}` : String(error);
  } catch {
    return 'what cannot be shown';
  }
}

/** The same where a wrong argument is misuse: a RangeError or a TypeError that says what came, or an OptionsError. */
export function misusedOf<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    assertMisuse(error);
    return undefined;
  }
}

export function assertMisuse(error: unknown): void {
  if (error instanceof OptionsError) return assertRefusal(error);
  const told = error instanceof RangeError || error instanceof TypeError;
  // The engine's own say nothing of what was asked for: they begin without the name of an argument.
  if (!told || !/^[\w.()]+: /.test(error.message)) {
    throw new assert.AssertionError({ message: `misuse ended in ${said(error)}`, actual: error });
  }
}
