// The routes of the admin server. The only file that knows hono.

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../base/clock.ts';
import type { Holdfast } from '../control/holdfast.ts';
import type { AdminSettings } from './admin-options.ts';
import { BadRequest, failed, json, SAFE_HEADERS } from './answers.ts';
import { Commands } from './commands.ts';
import { EventStreams, MOST_STREAMS } from './event-streams.ts';
import { describeRuntime } from './frames.ts';
import { Guard, type Need } from './guard.ts';
import { metricsText } from './metrics-text.ts';
import { dashboard } from './page.ts';

const MOST_BYTES = 65_536;
const PROBES = ['/health/live', '/health/ready'];

export interface AdminApp {
  fetch(request: Request): Response | Promise<Response>;
  /** Ends all event streams. */
  close(): void;
}

export function adminApp(holdfast: Holdfast, settings: AdminSettings, clock: Clock): AdminApp {
  const app = new Hono();
  const guard = new Guard(settings);
  const streams = new EventStreams(holdfast, clock);
  const commands = new Commands(holdfast);

  app.use(async ({ req }, next) => {
    const denial = guard.check(needOf(req.method, req.path), req.raw.headers);
    if (denial === undefined) return next();
    const challenge = denial.status === 401 ? { 'www-authenticate': 'Bearer' } : undefined;
    // The page itself says nothing: whoever lacks the token gets it with the refusal, to enter the token there.
    if (denial.status === 401 && req.method === 'GET' && req.path === '/') return dashboard(401);
    return json({ error: denial.error }, denial.status, challenge);
  });
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: () => json({ error: 'the body is over 64 KB' }, 413) }));

  app.get('/', () => dashboard(200));
  app.get('/metrics', ({ req }) => {
    const headers = { 'content-type': holdfast.metrics.contentType };
    return new Response(isHead(req.raw) ? null : metricsText(holdfast.scrape()), { headers });
  });
  app.get('/health', () => {
    const { live, ready, checks } = holdfast.health.status();
    return json({ state: holdfast.state, live, ready, checks }, live && ready ? 200 : 503);
  });
  app.get('/health/live', () => probe('live', holdfast.health.status().live));
  app.get('/health/ready', () => probe('ready', holdfast.health.status().ready));
  app.get('/policies', () => json({ runtime: describeRuntime(holdfast, clock), policies: holdfast.views() }));
  app.get('/policies/:name', ({ req }) => {
    const name = req.param('name');
    holdfast.policy(name);
    return json(holdfast.views().find((view) => view.name === name));
  });
  app.get('/threads', async () => json(await holdfast.threads()));
  app.get('/events', ({ req }) => {
    const stream = isHead(req.raw) ? null : streams.open();
    if (stream === undefined) return json({ error: `there are ${MOST_STREAMS} event streams already` }, 503);
    return new Response(stream, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  });

  app.post('/policies/:name/circuit-breaker', async ({ req }) =>
    json(commands.circuitBreaker(req.param('name'), await bodyOf(req.raw))),
  );
  app.patch('/policies/:name', async ({ req }) => {
    commands.update(req.param('name'), await bodyOf(req.raw));
    return json({ updated: req.param('name') });
  });
  app.post('/chaos', async ({ req }) => {
    if (!settings.allowChaos) return json({ error: 'chaos is not allowed here: allowChaos is off' }, 403);
    commands.chaos(await bodyOf(req.raw));
    return json({ experiments: holdfast.chaos.experiments() });
  });

  app.notFound(() => json({ error: 'there is nothing here' }, 404));
  app.onError((error) => failed(error));

  return {
    async fetch(request) {
      const answer = await app.fetch(request);
      for (const [name, value] of Object.entries(SAFE_HEADERS)) {
        if (!answer.headers.has(name)) answer.headers.set(name, value);
      }
      return answer;
    },
    close: () => streams.close(),
  };
}

function needOf(method: string, path: string): Need {
  if (method !== 'GET' && method !== 'HEAD') return 'change';
  return PROBES.includes(path) ? 'probe' : 'read';
}

// Its answer has no body: a stream would be read by nobody, and never be let go.
function isHead({ method }: Request): boolean {
  return method === 'HEAD';
}

function probe(name: string, well: boolean): Response {
  return json({ [name]: well }, well ? 200 : 503);
}

async function bodyOf(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new BadRequest('the body is to be JSON, with content-type: application/json');
  }
  try {
    return JSON.parse(await request.text());
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}
