// The options of the admin server, read and checked.

import { isIP } from 'node:net';
import { readOptions, refuseValue } from '../base/options.ts';
import type { AdminOptions } from '../control/wings.ts';

export interface AdminSettings {
  port: number;
  host: string;
  token: string | undefined;
  allowChaos: boolean;
  /** Whether only this machine can reach it. */
  loopback: boolean;
  /** Host names, in lower case and without port, that clients may address it by. */
  hosts: ReadonlySet<string>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Throws an `OptionsError`; also for a server off loopback without a token. */
export function readAdminOptions(options: AdminOptions): AdminSettings {
  const o = readOptions('admin', options, ['port', 'host', 'token', 'allowChaos', 'allowedHosts']);
  const port = o.number('port', { whole: true, atLeast: 0, atMost: 65_535 });
  const host = o.text('host', { default: '127.0.0.1' });
  const token = o.text('token', { optional: true });
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    o.refuse('token', 'a token of visible ASCII characters');
  const allowed = o.array(
    'allowedHosts',
    (item, path) =>
      typeof item === 'string' && item !== ''
        ? hostName(item)
        : refuseValue(path, 'the name of a host', item),
    { default: [] },
  );
  const loopback = isLoopback(host);
  if (!loopback && token === undefined)
    o.refuse('token', `a token, since ${host} can be reached from other machines`);
  return {
    port,
    host,
    token,
    allowChaos: o.boolean('allowChaos', { default: false }),
    loopback,
    hosts: new Set([...LOOPBACK, hostName(host), ...allowed]),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function hostName(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
}
