import { byId, mark, write } from './dom.ts';

/** Tells how a command went, to screen readers too. */
export function say(text: string, bad = false): void {
  const place = byId('said');
  write(place, text);
  mark(place, 'tone', bad ? 'bad' : 'well');
}
