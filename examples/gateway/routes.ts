// Which path is answered by what.

import type { IncomingMessage } from 'node:http';
import { readBody, refuseTooLarge } from './body.ts';
import { HttpError } from './http-error.ts';
import { json, type Reply } from './reply.ts';
import type { Runtime } from './runtime.ts';
import type { GatewaySettings } from './settings.ts';
import { type Answer, callUpstream } from './upstream/call.ts';
import { isFault } from './upstream/faults.ts';
import type { UpstreamProcess } from './upstream/process.ts';

export interface Services {
  holdfast: Runtime;
  upstream: UpstreamProcess;
  settings: GatewaySettings;
}

const TASKS = ['digest', 'compress', 'parse'] as const;
type TaskName = (typeof TASKS)[number];

/** Answers one request, or throws what is wrong with it. The signal is aborted when the client has gone. */
export function route(
  services: Services,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Reply> | Reply {
  const [path] = (request.url ?? '/').split('?', 1);
  const task = TASKS.find((name) => path === `/${name}`);
  if (task !== undefined) return only(request, ['POST']) ?? offloaded(services, task, request, signal);
  if (path.startsWith('/upstream/')) {
    return only(request, ['GET', 'HEAD']) ?? forwarded(services, request, signal);
  }
  const fault = /^\/faults\/(\w+)$/.exec(path)?.[1];
  if (fault !== undefined) return only(request, ['POST']) ?? switched(services, fault, signal);
  if (path === '/') return { status: 200, headers: { 'content-type': 'text/plain' }, body: PATHS };
  throw new HttpError(404, `nothing is at ${path}`);
}

const PATHS = `POST /digest      scrypt of the body
POST /compress    brotli of the body
POST /parse       what is in a JSON body
GET  /upstream/*  the upstream's answer
POST /faults/none, slow, failing, hanging, resetting   what is wrong with the upstream
`;

function only(request: IncomingMessage, methods: readonly string[]): Reply | undefined {
  if (methods.includes(request.method ?? '')) return undefined;
  const allow = methods.join(', ');
  return json(405, { code: 'HTTP_405', message: `only ${allow} here` }, { allow });
}

async function offloaded(
  { holdfast, settings }: Services,
  task: TaskName,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Reply> {
  const { maxBodyBytes } = settings;
  refuseTooLarge(request, maxBodyBytes);
  const body = await holdfast
    .policy('bodies')
    .execute((context) => readBody(request, maxBodyBytes, context.signal), { signal });
  const result = await holdfast.offload(task, body, { policy: task, signal, transfer: [body.buffer] });
  if (!(result instanceof Uint8Array)) return json(200, result);
  return { status: 200, headers: { 'content-type': 'application/x-brotli' }, body: result };
}

async function forwarded(
  { holdfast, upstream, settings }: Services,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Reply> {
  const path = (request.url ?? '').slice('/upstream'.length);
  const call = (signal: AbortSignal): Promise<Answer> => callUpstream(upstream.url, path, signal);
  if (!settings.protect) return await call(signal);
  return await holdfast.policy('upstream').execute((context) => call(context.signal), { signal });
}

async function switched({ upstream }: Services, fault: string, signal: AbortSignal): Promise<Reply> {
  if (!isFault(fault)) throw new HttpError(404, `there is no fault called ${fault}`);
  const response = await fetch(`${upstream.url}/-/faults/${fault}`, { method: 'POST', signal });
  return json(response.status, await response.json());
}
