// Server-sent events by a fetch stream: an EventSource could not send the token.

import { authorization } from './access.ts';
import type { Told } from './types.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'locked';

export interface Ears {
  told(event: string, told: Told): void;
  connection(state: Connection): void;
}

const AGAIN_MS = [500, 1_000, 2_000, 5_000];

/** Listens for ever; gives what makes it begin anew, as when there is another token. */
export function listen(ears: Ears): () => void {
  let attempt = new AbortController();
  let tries = 0;

  async function run(): Promise<void> {
    for (;;) {
      attempt = new AbortController();
      ears.connection('connecting');
      const outcome = await once(attempt.signal).catch(() => 'lost' as const);
      ears.connection(outcome);
      await pause(AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)], attempt.signal);
    }
  }

  async function once(signal: AbortSignal): Promise<Connection> {
    const response = await fetch('/events', { headers: authorization(), signal });
    if (response.status === 401) return 'locked';
    if (!response.ok || response.body === null) return 'lost';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'lost';
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end));
        text = text.slice(end + 2);
        if (match === null) continue;
        tries = 0;
        ears.connection('live');
        ears.told(match[1], JSON.parse(match[2]) as Told);
      }
    }
  }

  void run();
  return () => {
    tries = 0;
    attempt.abort();
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
