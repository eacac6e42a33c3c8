// How a thread was lost, in words.

/** Why a lane is gone. */
export interface Loss {
  reason: string;
  cause: unknown;
  /** Whether the thread died by itself, of what its task did. */
  crashed: boolean;
  /** Whether it had nothing to do and is not missed. */
  retired?: boolean;
}

/** A thread that chaos ended: nothing that its task is to be blamed for. */
export const STRUCK: Loss = { reason: 'chaos ended it', cause: undefined, crashed: false };

/** What is known of a thread that died by itself. */
export function sayDeath(code: number, error: unknown): Loss {
  const known = error as { code?: unknown; name?: unknown; message?: unknown } | undefined;
  if (known?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { reason: 'it ran out of memory', cause: error, crashed: true };
  }
  if (error !== undefined) {
    return {
      reason: `it ended in an uncaught ${String(known?.name)}: ${String(known?.message)}`,
      cause: error,
      crashed: true,
    };
  }
  return { reason: `it exited with code ${code}`, cause: undefined, crashed: true };
}
