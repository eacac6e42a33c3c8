import { callbackTimer } from '../../src/base/timer-node.ts';
import { TimerWheel } from '../../src/base/timer-wheel.ts';
import { VirtualHost } from './virtual-host.ts';

const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const YEAR = 365 * DAY;

function noError(): number {
  return 0;
}

/** A wheel on virtual time, nodes that write down when they are fired, and what was written. */
export function given({ startMs = 1_000_000.25, holding = true, errorMs = noError } = {}) {
  const host = new VirtualHost(startMs, errorMs);
  const wheel = new TimerWheel(host, holding);
  const fired: { name: unknown; atMs: number }[] = [];
  const node = (name: unknown) => callbackTimer(() => fired.push({ name, atMs: host.nowMs }));
  const names = () => fired.map(({ name }) => name);
  return { host, wheel, fired, names, node, startMs };
}
