// Faults in the limiter; see seeded-faults.mjs.

const limiter = (file, what, from, to, unseen) => ({ area: 'limiter', file, what, from, to, unseen });

const TWIN = 'src/state/twin';

export const LIMITER_FAULTS = [
  limiter(`${TWIN}/rate.ts`, 'one permit too many', 'if (ahead > most) {', 'if (ahead > most + cost) {'),
  limiter(
    `${TWIN}/rate.ts`,
    'a refused try takes',
    'return (ahead - most) / optF(options, O_UNITS_PER_MS);',
    'compose(t, ahead + cost, shift, bitsOf(low, shift, version)); swap(at, low, high, next[0], next[1]); return (ahead - most) / optF(options, O_UNITS_PER_MS);',
  ),
  limiter(
    `${TWIN}/rate.ts`,
    'a grant takes nothing',
    'compose(t, ahead + cost, shift,',
    'compose(t, ahead, shift,',
  ),
  limiter(
    `${TWIN}/rate.ts`,
    'a refund takes',
    'Math.max(ahead - costOf(options, permits), 0)',
    'ahead + costOf(options, permits)',
  ),
  limiter(`${TWIN}/rate.ts`, 'a refund gives nothing', 'if (ahead <= 0) return;', 'return;'),
  limiter(
    `${TWIN}/rate.ts`,
    'a reservation beyond the longest wait is taken',
    'wait > optF(options, O_MAX_DEBT_MS) || ',
    '',
  ),
  limiter(
    `${TWIN}/rate.ts`,
    'a reservation is not taken',
    'compose(unitsAt(options, now), ahead + cost, RATE_SHIFT, version & 15);',
    'compose(unitsAt(options, now), ahead, RATE_SHIFT, version & 15);',
  ),
  limiter(
    `${TWIN}/rate.ts`,
    'a full bucket overflows',
    'const owed = Math.max(carriedAhead(slot, low, high, shift, version, now), 0);',
    'const owed = carriedAhead(slot, low, high, shift, version, now);',
  ),
  limiter(
    `${TWIN}/rate-units.ts`,
    'fractions cost nothing',
    'whole(nearest(permits * units(options)))',
    'whole(permits) * units(options)',
  ),
  limiter(
    `${TWIN}/rate-units.ts`,
    'a change of rate forgets what was spent',
    'Math.max(burstOf(to) - whole(nearest(tokens * units(to))), 0)',
    '0',
  ),
  limiter(
    `${TWIN}/rate-units.ts`,
    'time runs a tenth too fast',
    'now * optF(options, O_UNITS_PER_MS) + 0.5',
    'now * 1.1 * optF(options, O_UNITS_PER_MS) + 0.5',
  ),
  limiter(
    'src/policy/rate-limiter.ts',
    'a try overtakes who waits',
    'if (line !== undefined && line.size > 0) return Number.POSITIVE_INFINITY;',
    '',
  ),
  limiter(
    'src/policy/rate-limiter.ts',
    'a reservation overtakes who waits',
    'line !== undefined && line.size > 0 ? -1 : kernels',
    'kernels',
  ),
  limiter('src/policy/rate-limiter.ts', 'a refund wakes nobody', '    line?.pump();\n', ''),
  limiter('src/policy/rate-limiter.ts', 'an aborted signal is overlooked', 'signal?.throwIfAborted();', ''),
  limiter(
    'src/policy/rate-limiter-line.ts',
    'those ahead are not counted',
    'const ahead = kernels.lineCosts(at);',
    'const ahead = 0;',
  ),
  limiter(
    'src/policy/rate-limiter-line.ts',
    'who leaves keeps the place',
    '    this.#owner.line.leave(this);\n',
    '',
  ),
  limiter(
    'src/policy/rate-limiter-line.ts',
    'a listener stays on the signal',
    'if (waiting.signalWatch !== null) leaveSignal(waiting);',
    '',
  ),
  limiter(
    'src/policy/call-options.ts',
    'more than a full bucket may be asked for',
    'permits <= most && ',
    '',
  ),
  limiter(
    'src/policy/call-options.ts',
    'nothing may be asked for',
    'permits > 0 && permits >= least',
    'permits >= 0',
  ),
  limiter(
    'src/policy/core.ts',
    'the limiter is not named before the bulkhead',
    'return this.kernels.rateWait(this.at, nowMs - this.originMs, permits) > 0;',
    'return false;',
  ),
  limiter('src/policy/line.ts', 'the last come is the first served', 'this.#head() === waiter', 'false'),
];
