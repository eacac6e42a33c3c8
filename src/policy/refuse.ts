// A refusal that stands is counted, and told to whoever listens.

import {
  COUNT_DRAINING,
  COUNT_QUEUE_TIMEOUT,
  COUNT_SHED,
  F_BULKHEAD,
  R_BULKHEAD,
  R_LINE,
  R_OPEN,
  R_RATE,
} from '../../assembly/layout.ts';
import { REJECTED_CHANNEL } from '../base/diagnostics.ts';
import type { PolicyCore } from './core.ts';
import { R_DRAINING, R_GONE, R_SHED, R_WAITED, Refused } from './refusal.ts';

/** `detail`: ms spent in line, where the call stood in it. */
export function refuse(
  core: PolicyCore,
  code: number,
  nowMs: number,
  permits: number,
  detail: number,
  priority: number,
): Refused {
  const known = code === R_LINE ? blocker(core, nowMs, permits) : code;
  let fact = detail;
  let ms = 0;
  if (known === R_GONE) return new Refused(core.name, known, undefined, core.host.tracked ? 1 : 0);
  if (known === R_SHED) {
    core.count(COUNT_SHED);
    fact = core.host.level();
  } else if (known === R_DRAINING) core.count(COUNT_DRAINING);
  else {
    if (known === R_WAITED) core.count(COUNT_QUEUE_TIMEOUT);
    const now = nowMs - core.originMs;
    ms = core.kernels.refuse(core.at, core.row, now, permits, known);
    if (known === R_OPEN) fact = core.slot.halfOpen ? 1 : 2;
  }
  const refused = new Refused(core.name, known, ms > 0 && ms < Infinity ? ms : undefined, fact, priority);
  if (core.events.heard.rejected || REJECTED_CHANNEL.hasSubscribers) tell(core, refused);
  return refused;
}

/** Who holds the line up, for one that does not want to stand in it. */
function blocker(core: PolicyCore, nowMs: number, permits: number): number {
  if (core.lacksTokens(nowMs, permits)) return R_RATE;
  return core.slot.features & F_BULKHEAD ? R_BULKHEAD : R_RATE;
}

function tell({ name, events }: PolicyCore, refused: Refused): void {
  const { strategy, retryAfterMs } = refused;
  const error = refused.error as { code?: string };
  const facts = { policy: name, strategy, code: error.code ?? '', retryAfterMs };
  events.emit('rejected', facts);
  if (REJECTED_CHANNEL.hasSubscribers) REJECTED_CHANNEL.publish(facts);
}
