// The story: what is asked of the gateway in each phase, and what is done to it.

/** Requests of one kind, at a steady rate, from some clients. */
export interface Stream {
  name: string;
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  perSecond: number;
  /** Each has an API key, and so a rate limit, of its own. */
  clients: number;
  /** Requests that may be under way at one time; 20 by default. */
  connections?: number;
}

export interface Phase {
  name: string;
  streams: readonly Stream[];
  fault?: 'failing' | 'hanging';
  chaos?: boolean;
}

const document = JSON.stringify({
  rows: Array.from({ length: 200 }, (_, id) => ({ id, name: `row ${id}` })),
});

const hello: Stream = {
  name: 'upstream',
  method: 'GET',
  path: '/upstream/hello',
  perSecond: 150,
  clients: 10,
};
const parse: Stream = {
  name: 'parse',
  method: 'POST',
  path: '/parse',
  body: document,
  perSecond: 20,
  clients: 2,
};
const flood: Stream = {
  name: 'digest',
  method: 'POST',
  path: '/digest',
  body: document,
  perSecond: 300,
  clients: 1,
  // More than may run or wait: some must be told to come back.
  connections: 100,
};

/** Before the story: code is compiled and connections are made in it, and neither is what a phase is about. */
export const WARM_UP: Phase = { name: 'warm-up', streams: [hello, parse] };

export const STORY: readonly Phase[] = [
  { name: 'calm', streams: [hello, parse] },
  { name: 'upstream fails', streams: [hello, parse], fault: 'failing' },
  // Of its own: a circuit that is still open would answer for the upstream in the flood.
  { name: 'upstream is back', streams: [hello, parse] },
  { name: 'flood of /digest', streams: [hello, parse, flood] },
  { name: 'chaos', streams: [hello, parse], chaos: true },
  { name: 'recovery', streams: [hello, parse] },
];
