// The faults that scripts/seed-faults.mjs plants, and the tests that should notice.
//
// `from` stands exactly once in `file`. `unseen`: why no test can see the fault.

export const AREAS = {
  breaker: [
    'test/scenarios/circuit-breaker.test.ts',
    'test/policy/breaker.test.ts',
    'test/policy/snapshot-breaker.test.ts',
  ],
  limiter: [
    'test/policy/rate-limiter.test.ts',
    'test/policy/rate-limiter-keys.test.ts',
    'test/policy/call.test.ts',
    'test/policy/bad-days-time.test.ts',
    'test/policy/snapshot.test.ts',
  ],
};

const breaker = (file, what, from, to, unseen) => ({ area: 'breaker', file, what, from, to, unseen });
const limiter = (file, what, from, to, unseen) => ({ area: 'limiter', file, what, from, to, unseen });

const TWIN = 'src/state/twin';

export const FAULTS = [
  breaker(`${TWIN}/breaker.ts`, 'one failure more is needed', 'row + 1 >= threshold', 'row >= threshold'),
  breaker(`${TWIN}/breaker.ts`, 'a success does not start over', 'failed ? row + 1 : 0', 'row + failed'),
  breaker(`${TWIN}/breaker.ts`, 'isolation lets through', 'if (control >> 2) return R_ISOLATED;', ''),
  breaker(
    `${TWIN}/breaker.ts`,
    'a disabled breaker counts',
    'generationOf(high) | T_UNCOUNTED',
    'generationOf(high)',
  ),
  breaker(`${TWIN}/breaker.ts`, 'metrics-only trips', 'if (ticket & T_WATCHED) return 0;', ''),
  breaker(
    `${TWIN}/breaker.ts`,
    'an ignored trial is not given back',
    'if (ticket & T_TRIAL) trialReturn(slot, cell, fence, ticket);',
    '',
  ),
  breaker(
    `${TWIN}/breaker.ts`,
    'a late result counts',
    '=== generation) return false;',
    '!== -1) return false;',
  ),
  breaker(`${TWIN}/breaker.ts`, 'openFor does not open', 'if (tripped || openMs >= 0)', 'if (tripped)'),
  breaker(
    `${TWIN}/breaker.ts`,
    'slow calls are not slow',
    'optF(options, O_SLOW_MS) ? 1 : 0',
    'optF(options, O_SLOW_MS) ? 0 : 0',
  ),
  breaker(`${TWIN}/breaker-ramp.ts`, 'the ramp begins at nothing', '0.1 + (', '0 + ('),
  breaker(`${TWIN}/breaker-ramp.ts`, 'the ramp climbs half as fast', '(0.9 * since)', '(0.45 * since)'),
  breaker(`${TWIN}/breaker-ramp.ts`, 'the first generation ramps too', 'generationOf(high) === 0 || ', ''),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'one trial too many',
    'undecidedOf(low, high) >= optI(options, O_TRIALS)',
    'undecidedOf(low, high) > optI(options, O_TRIALS)',
  ),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'silent trials are never void',
    '!untried && now - markOf(slot, high, now) >= trialWait(slot, options)',
    'false',
  ),
  breaker(`${TWIN}/breaker-trial.ts`, 'the turn is not told', 'turned = T_HALF_OPENED;', 'turned = 0;'),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'the turn is not told when refused',
    'ticket & T_HALF_OPENED ? code & ~R_TURNED : code',
    'code',
  ),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'a close does not start the open times over',
    'store(slot + BREAKER_REOPENS, 0);',
    '',
  ),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'a trial closes one report early',
    'reports >= permits',
    'reports + 1 >= permits',
  ),
  breaker(
    `${TWIN}/breaker-trial.ts`,
    'the rate of trials trips above, not at',
    '/ Math.max(permits, reports) >= rate',
    '/ Math.max(permits, reports) > rate',
  ),
  breaker(
    `${TWIN}/breaker-window.ts`,
    'minCalls is one less',
    'if (calls < optI(options, O_MIN_CALLS)) return false;\n    // Divided',
    'if (calls + 1 < optI(options, O_MIN_CALLS)) return false;\n    // Divided',
  ),
  breaker(
    `${TWIN}/breaker-window.ts`,
    'the rate trips above, not at',
    'failed / calls >= optF(options, O_FAILURE_RATE)',
    'failed / calls > optF(options, O_FAILURE_RATE)',
  ),
  breaker(
    `${TWIN}/breaker-window.ts`,
    'the slow rate trips above, not at',
    'slow / calls >= optF(options, O_SLOW_RATE)',
    'slow / calls > optF(options, O_SLOW_RATE) + 0.2',
  ),
  breaker(
    `${TWIN}/breaker-window.ts`,
    'what falls out of a count window stays in the sums',
    '- part(word[1], generation);',
    '- 0;',
  ),
  breaker(`${TWIN}/breaker-view.ts`, 'open reads open for ever', '? OPEN : HALF_OPEN;', '? OPEN : OPEN;'),
  breaker(
    `${TWIN}/breaker-view.ts`,
    'an open breaker forgets its window',
    'generation - 1, opened',
    'generation, opened',
  ),
  breaker('src/policy/breaker-part.ts', 'a release counts twice', '      held = false;\n', ''),
  breaker(
    'src/policy/breaker-part.ts',
    'a hand opens for the usual time, not the grown one',
    'functions.openMs === undefined ? slot.numbers.openMs : slot.readF(BREAKER_NEXT_MS)',
    'slot.numbers.openMs',
  ),
  breaker(
    'src/policy/changes.ts',
    'reopening is told as opening',
    'this.moved(events & E_OPENED ? CLOSED : HALF_OPEN, OPEN, nowMs);',
    'this.moved(CLOSED, OPEN, nowMs);',
  ),
  breaker(
    'src/policy/changes.ts',
    'the open time does not grow',
    'this.prepareOpenTime(this.#core.slot.readI(BREAKER_REOPENS) + 2);',
    'this.prepareOpenTime(1);',
  ),
  breaker(
    'src/policy/call-clock.ts',
    'openFor is not asked about timeouts',
    'openMs = call.compiled.openFor(outcomeOf(false, error));',
    'openMs = -1;',
  ),
  breaker(
    'src/policy/judge.ts',
    "another policy's refusal is a failure",
    'return isRefusal(result) ? V_IGNORED : V_FAILURE;',
    'return V_FAILURE;',
  ),
  breaker(
    'src/policy/call-leave.ts',
    "a caller's abort is a failure",
    'late ? V_DROPPED : V_IGNORED',
    'late ? V_DROPPED : V_DROPPED',
  ),

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
