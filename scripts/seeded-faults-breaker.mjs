// Faults in the breaker; see seeded-faults.mjs.

const breaker = (file, what, from, to, unseen) => ({ area: 'breaker', file, what, from, to, unseen });

const TWIN = 'src/state/twin';

export const BREAKER_FAULTS = [
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
];
