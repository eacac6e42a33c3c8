// Answers, and the headers that all of them have.

import { HoldfastError } from '../base/errors.ts';

/** On every answer: nothing is stored, nothing embedded, nothing guessed, nothing leaves. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(body, errorsAsText)}\n`, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** What went wrong with a request, for whoever made it. */
export class BadRequest extends Error {}

/** The answer to an error of a command. */
export function failed(error: unknown): Response {
  if (error instanceof BadRequest) return json({ error: error.message }, 400);
  if (HoldfastError.is(error)) {
    const status = error.code === 'HF_UNKNOWN_POLICY' ? 404 : error.code === 'HF_BAD_OPTION' ? 400 : 409;
    return json({ error: error.message, code: error.code }, status);
  }
  if (error instanceof RangeError || error instanceof TypeError) return json({ error: error.message }, 400);
  return json({ error: 'the server could not do that' }, 500);
}

// A stack trace is nobody's business outside.
function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
