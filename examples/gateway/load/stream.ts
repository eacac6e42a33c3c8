// Sends one stream, and counts what comes back.

import autocannon from 'autocannon';
import type { Stream } from './story.ts';

const CONNECTIONS = 20;
const TIMEOUT_S = 20;

export interface Sent {
  name: string;
  sent: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Requests that had no answer: connections broken, or nothing within twenty seconds. */
  unanswered: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** A number of requests, not a time: so that each can be waited for, and none is cut off by the end. */
export async function send(url: string, stream: Stream, seconds: number): Promise<Sent> {
  const { name, method, path, body, perSecond, clients, connections = CONNECTIONS } = stream;
  let sent = 0;
  const result = await autocannon({
    url,
    amount: perSecond * seconds,
    overallRate: perSecond,
    connections: Math.min(connections, perSecond),
    timeout: TIMEOUT_S,
    // Its correction takes the interval of requests for a millisecond, whatever the rate.
    ignoreCoordinatedOmission: true,
    requests: [
      {
        method,
        path,
        body,
        setupRequest: (request) => {
          const headers = { ...request.headers, 'x-api-key': `${name}-${sent++ % clients}` };
          return { ...request, headers };
        },
      },
    ],
  });
  const { latency, errors } = result;
  const counted = (result as unknown as { statusCodeStats: Record<string, { count: number }> })
    .statusCodeStats;
  const statuses = Object.fromEntries(Object.entries(counted).map(([status, { count }]) => [status, count]));
  return {
    name,
    sent,
    statuses,
    unanswered: errors,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    maxMs: latency.max,
  };
}
