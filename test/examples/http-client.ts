/** Posts a body. */
export function post(url: string, body: string | Uint8Array<ArrayBuffer> = ''): Promise<Response> {
  return fetch(url, { method: 'POST', body });
}

const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/** Asks again and again until the answer has one of the statuses; fails after twenty seconds. */
export async function untilAnswered(url: string, ...statuses: number[]): Promise<Response> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(url);
    if (statuses.includes(response.status)) return response;
    await response.body?.cancel();
    if (performance.now() > untilMs) throw new Error(`${url} still answers ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
