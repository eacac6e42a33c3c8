// What is sent back.

import type { ServerResponse } from 'node:http';
import type { Complaint } from './refusals.ts';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: Uint8Array | string;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}

export function complaint({ status, code, message, retryAfterS }: Complaint): Reply {
  const headers: Record<string, string> =
    retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return json(status, { code, message }, headers);
}

export function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
