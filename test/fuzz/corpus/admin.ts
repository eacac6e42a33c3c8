// What the admin server once answered wrongly.

import { TOKEN } from '../../admin/given.ts';

const change = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

export const ADMIN_CORPUS: {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}[] = [
  // 36 KB of brackets: as deep as the stack is not.
  { method: 'PATCH', path: '/policies/send', headers: change, body: '{"a":'.repeat(9_000) },
];
