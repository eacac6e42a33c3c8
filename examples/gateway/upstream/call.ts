// One request to the upstream.

import { HttpError } from '../http-error.ts';

/** An answer, read whole: what takes too long to arrive is the upstream's failure as well. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

// What an upstream says about its own connection is nobody else's business.
const FORWARDED = ['content-type', 'cache-control', 'etag', 'last-modified', 'location', 'retry-after'];

/** Rejects with a 502 when there is no answer, with the signal's reason when that was why. */
export async function callUpstream(base: string, path: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(base + path, {
      signal,
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
    });
    const body = new Uint8Array(await response.arrayBuffer());
    const headers: Record<string, string> = {};
    for (const name of FORWARDED) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return { status: response.status, headers, body };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new HttpError(502, 'the upstream does not answer', { cause });
  }
}
