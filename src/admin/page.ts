// The dashboard: one page, which asks nobody but its own server for anything.

import { gunzipSync } from 'node:zlib';
import { PAGE_GZIP_BASE64, SCRIPT_HASH, STYLE_HASH } from './page.html.ts';

const PAGE = gunzipSync(Buffer.from(PAGE_GZIP_BASE64, 'base64')).toString('utf8');

const POLICY = [
  "default-src 'none'",
  `script-src ${SCRIPT_HASH}`,
  `style-src ${STYLE_HASH}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page, whether or not whoever asks may see anything by it. */
export function dashboard(status: 200 | 401): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
  return new Response(PAGE, { status, headers });
}
