// Reading what a client sends, no more than allowed.

import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/**
 * The whole body, in a buffer of its own that can be handed to another thread. Rejects with a 413 as soon as it is
 * known to be too large, with the signal's reason, and with a 400 when the client breaks off.
 */
export function readBody(
  request: IncomingMessage,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  refuseTooLarge(request, mostBytes);
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const take = (piece: Uint8Array) => {
      bytes += piece.byteLength;
      if (bytes > mostBytes) fail(tooLarge(mostBytes));
      else pieces.push(piece);
    };
    const whole = () => {
      leave();
      resolve(joined(pieces, bytes));
    };
    const broken = () => fail(new HttpError(400, 'the body was not sent whole'));
    const aborted = () => fail(signal.reason);
    const fail = (error: unknown) => {
      leave();
      // What is still on its way is read and thrown away, so that the client gets to see the answer.
      request.resume();
      reject(error);
    };
    const leave = () => {
      request.off('data', take).off('end', whole).off('error', broken).off('close', broken);
      signal.removeEventListener('abort', aborted);
      request.on('error', () => {});
    };
    request.on('data', take).on('end', whole).on('error', broken).on('close', broken);
    signal.addEventListener('abort', aborted);
  });
}

/** Throws a 413 when the client itself says that it will send too much. */
export function refuseTooLarge(request: IncomingMessage, mostBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
}

function tooLarge(mostBytes: number): HttpError {
  return new HttpError(413, `the body is larger than ${mostBytes} bytes`);
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
