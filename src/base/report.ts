// Where an error goes that has no caller left to go to.

/**
 * Raises an error of our own as an uncaught exception, after what runs now has come to its end. For faults of
 * this library: whoever called is not to blame and others that wait must still be served.
 */
export function raiseLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Reports an error of a user's listener as a process warning (`HoldfastWarning`, code `HF_LISTENER_ERROR`, the
 * error's stack as detail). It decides nothing: a service must not fall because a log line could not be written.
 */
export function warnOfListener(what: string, error: unknown): void {
  const warning = new Error(`${what} threw ${summary(error)}; the call it was told about is not affected`);
  warning.name = 'HoldfastWarning';
  Object.assign(warning, { code: 'HF_LISTENER_ERROR', detail: detail(error) });
  process.emitWarning(warning);
}

function summary(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something that cannot be shown';
  }
}

function detail(error: unknown): string | undefined {
  let stack: string | undefined;
  try {
    if (error instanceof Error) stack = error.stack;
  } catch {
    // A proxy that was revoked: what it is cannot be asked.
  }
  return stack;
}
