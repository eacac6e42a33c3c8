// How what goes wrong is told to a client: a status, a code, and when to come back.

import { HoldfastError, RejectedError, TimeoutError } from 'holdfast';
import { BadInputError } from './bad-input.ts';
import { HttpError } from './http-error.ts';

export interface Complaint {
  status: number;
  /** Whole seconds, rounded up, for `Retry-After`; none where coming back would not help. */
  retryAfterS?: number;
  code: string;
  message: string;
}

/** Whatever was thrown, as an answer. Nothing of an unexpected error but that there was one leaves the house. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof RejectedError) {
    const { code, message, retryAfterMs } = error;
    const status = error.strategy === 'rateLimiter' ? 429 : 503;
    return { status, code, message, retryAfterS: seconds(retryAfterMs) };
  }
  if (error instanceof TimeoutError) {
    const { code, message, policy } = error;
    // The body did not come in time: that was the client.
    if (policy === 'bodies') return { status: 408, code, message };
    return { status: 504, code, message, retryAfterS: 1 };
  }
  if (HoldfastError.is(error) && error.code === 'HF_CHAOS') {
    return { status: 502, code: error.code, message: error.message, retryAfterS: 1 };
  }
  if (HoldfastError.is(error) && error.code === 'HF_WORKER_LOST') {
    return { status: 503, code: error.code, message: error.message, retryAfterS: 1 };
  }
  if (error instanceof HttpError) {
    const { status, message } = error;
    return { status, code: `HTTP_${status}`, message, ...(status === 502 && { retryAfterS: 1 }) };
  }
  if (error instanceof BadInputError) return { status: 400, code: 'HTTP_400', message: error.message };
  return { status: 500, code: 'HTTP_500', message: 'something went wrong here' };
}

/** Never zero: a client that comes back at once has not been told to wait. */
export function seconds(ms: number | undefined): number {
  return ms === undefined || !Number.isFinite(ms) ? 1 : Math.max(1, Math.ceil(ms / 1000));
}
