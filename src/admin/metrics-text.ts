import { threadHost } from '../base/thread-host.ts';

const encoder = new TextEncoder();
const ENOUGH = 32_768;

/**
 * The text of a scrape as a stream: pieces are made as the client takes them, a few milliseconds of work at a
 * time, and the event loop comes round in between.
 */
export function metricsText(pieces: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
      while (text.length < ENOUGH) {
        await new Promise<void>((resolve) => threadHost.nextTurn(resolve));
        const next = await pieces.next();
        if (next.done) {
          if (text !== '') controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += next.value;
      }
      controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      await pieces.return();
    },
  });
}
