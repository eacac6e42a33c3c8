// Histories of a breaker written by hand: trials to their end, in the order that a decision turns on.

import { describe, it } from 'node:test';
import { F_BREAKER, F_RAMP, F_WINDOW_CALLS, F_WINDOW_TIME } from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { NEVER } from './arbitraries.ts';
import { sameInAllWorlds } from './history.ts';
import type { Step } from './steps.ts';
import type { Beginning, FenceKind } from './world.ts';

const SUCCESS = 0;
const FAILURE = 1;
const IGNORED = 2;

/** Opens at the first failure for a second, closes after two good trials. */
const STRICT: Partial<PolicyNumbers> = {
  consecutive: 1,
  minCalls: 1,
  failureRate: 2,
  slowMs: NEVER,
  slowRate: 2,
  trials: 2,
  trialRate: 2,
  trialWaitMs: 500,
  openMs: 1_000,
};

const begins = (numbers: Partial<PolicyNumbers> = {}, more: Partial<Beginning> = {}): Beginning => ({
  features: F_BREAKER,
  numbers: { ...STRICT, ...numbers },
  windowCalls: 8,
  windowBuckets: 4,
  bucketMs: 100,
  nowMs: 5_000,
  generation: 0,
  ...more,
});

const admit = (thread: number, draw = 0.99, kind: FenceKind = 'right'): Step => [
  'admit',
  thread,
  1,
  draw,
  0,
  kind,
];
/** The oldest call that is under way ends. */
const settle = (verdict: number, openMs = -1, kind: FenceKind = 'right'): Step => [
  'settle',
  0,
  verdict,
  7,
  openMs,
  kind,
];
const pass = (ms: number): Step => ['pass', ms];
const LOOK: Step = ['lookAtBreaker'];
/** Opened by a failure, and its time is over. */
const OPENED: Step[] = [admit(0), settle(FAILURE), LOOK, pass(1_000)];

describe('trials of the twin', () => {
  it('close the breaker, which then counts failures in a row from none', () => {
    for (const consecutive of [1, 2, 3]) {
      const steps = [
        admit(0),
        ['force', 1_000] as const,
        pass(1_000),
        admit(0),
        admit(1),
        settle(SUCCESS),
        settle(SUCCESS),
        settle(SUCCESS),
        LOOK,
        ...Array.from({ length: 3 }, () => [admit(0), settle(FAILURE), LOOK]).flat(),
      ];
      sameInAllWorlds(begins({ consecutive }), steps);
    }
  });

  it('open it again by a share of failures that is met exactly, or is out of reach of the others', () => {
    for (const trialRate of [0.5, 0.51, 1, 1.01, 2]) {
      for (const outcomes of [
        [FAILURE, SUCCESS],
        [SUCCESS, FAILURE],
        [FAILURE, FAILURE],
      ]) {
        const steps = [...OPENED, admit(0), admit(1), ...outcomes.flatMap((each) => [settle(each), LOOK])];
        sameInAllWorlds(begins({ trialRate }), steps);
      }
    }
  });

  it('begin their time with the first one that is made', () => {
    const steps = [
      ...OPENED,
      admit(0),
      settle(IGNORED),
      pass(400),
      admit(0),
      pass(200),
      admit(1),
      admit(2),
      LOOK,
      pass(300),
      admit(2),
      LOOK,
    ];
    sameInAllWorlds(begins(), steps);
    sameInAllWorlds(begins({ trials: 1 }), steps);
  });

  it('are not given back by who has one of before they were void', () => {
    for (const verdict of [IGNORED, SUCCESS, FAILURE]) {
      const steps = [
        ...OPENED,
        admit(0),
        pass(500),
        admit(1),
        settle(verdict),
        LOOK,
        admit(2),
        admit(3),
        LOOK,
      ];
      sameInAllWorlds(begins({ trials: 1 }), steps);
    }
  });

  it('are not given back twice: for the dead, and by the dead', () => {
    for (const verdict of [IGNORED, SUCCESS, FAILURE]) {
      for (const kind of ['right', 'wrong', 'none'] as const) {
        const steps: Step[] = [
          ...OPENED,
          admit(0),
          admit(1),
          ['die', 0],
          settle(verdict, -1, kind),
          LOOK,
          ['die', 1],
          settle(verdict, -1, kind),
          LOOK,
          admit(2),
          admit(3),
          admit(2),
          LOOK,
        ];
        sameInAllWorlds(begins(), steps);
      }
    }
  });

  it('are taken back from the dead while they last, and not from those who came after', () => {
    const steps: Step[] = [
      ...OPENED,
      admit(0),
      pass(500),
      admit(1),
      ['die', 0],
      LOOK,
      admit(2),
      ['die', 1],
      LOOK,
      admit(2),
      ['force', 1_000],
      ['die', 2],
      LOOK,
    ];
    for (const generation of [0, 0x7ffff0])
      for (const trials of [1, 2]) sameInAllWorlds(begins({ trials }, { generation }), steps);
  });

  it('are not those of a call that was only watched', () => {
    for (const verdict of [IGNORED, FAILURE, SUCCESS]) {
      const watched: Step[] = [['mode', 2], admit(0), ['mode', 0]];
      const steps = [...OPENED, admit(0), ...watched, ['settle', 1, verdict, 7, -1, 'right'] as const, LOOK];
      sameInAllWorlds(begins(), [...steps, admit(1), admit(2), LOOK]);
    }
  });

  it('are none of a thread’s that was declared dead, nor does it give another’s back', () => {
    const steps = [...OPENED, admit(1), admit(0, 0, 'wrong'), LOOK, admit(2), admit(3), LOOK];
    sameInAllWorlds(begins(), steps);
  });

  it('are counted below 2^12 each, as many as there may be', () => {
    for (const trials of [200, 300]) {
      const many = Array.from({ length: trials }, (_, n) => admit(n & 3));
      const ends = many.map((_, n) => settle(n % 3 === 0 ? FAILURE : SUCCESS));
      for (const trialRate of [1, 2])
        sameInAllWorlds(begins({ trials: 4_095, trialRate }), [...OPENED, ...many, LOOK, ...ends, LOOK]);
    }
  });

  it('are struck from the ledger that lists them, and from no other', () => {
    for (const verdict of [IGNORED, SUCCESS, FAILURE]) {
      const [last, first]: Step[] = [1, 0].map((pick) => ['settle', pick, verdict, 7, -1, 'right']);
      // One that is void is listed yet; the other was taken without a ledger.
      const older = [
        admit(0),
        pass(500),
        admit(0, 0.99, 'none'),
        LOOK,
        last,
        LOOK,
        ['die', 0] as const,
        LOOK,
      ];
      const given = [admit(0), settle(IGNORED), admit(0, 0.99, 'none')];
      const listed: Step[][] = [older, [...given, first, LOOK], [...given, ['force', 1_000], first, LOOK]];
      for (const steps of listed) sameInAllWorlds(begins(), [...OPENED, ...steps, admit(1), admit(2), LOOK]);
    }
  });

  it('are taken back from the dead however many they are, and isolations with them', () => {
    const many = Array.from({ length: 200 }, (_, n) => admit(n & 1));
    const isolated = Array.from({ length: 300 }, (): Step => ['isolate', 0, 1, 'right']);
    const steps: Step[] = [...OPENED, ...many, LOOK, ...isolated, ['die', 0], LOOK, ['die', 1], LOOK];
    sameInAllWorlds(begins({ trials: 4_095 }), steps);
  });

  it('open it for a time of their own', () => {
    for (const openMs of [0, 1, 250]) {
      const steps = [...OPENED, admit(0), settle(SUCCESS, openMs), LOOK, pass(1), admit(0), LOOK];
      sameInAllWorlds(begins(), steps);
    }
  });
});

describe('a breaker of the twin', () => {
  it('has no ramp before it was ever open, nor where it is of no length', () => {
    const features = F_BREAKER | F_RAMP;
    sameInAllWorlds(begins({ rampMs: 1_000 }, { features, nowMs: 10 }), [admit(0), LOOK]);
    const closed: Step[] = [['force', 1_000], LOOK, ['force', -1], pass(-0.5), admit(0), pass(0.5), admit(0)];
    for (const rampMs of [0, 1_000]) sameInAllWorlds(begins({ rampMs }, { features }), closed);
  });

  it('tells its opening by hand, by a call and by a trial apart from what it was', () => {
    const steps: Step[] = [
      ['force', 0],
      LOOK,
      ['force', 0],
      ['force', -1],
      ['force', -1],
      LOOK,
      ['restore', 2, 0, 400],
      LOOK,
      ['restore', 1, 7, 0],
      admit(0),
      LOOK,
      ['restore', 0, 2, 0],
      admit(0),
      settle(FAILURE),
      settle(FAILURE),
      LOOK,
    ];
    sameInAllWorlds(begins({ consecutive: 4 }), steps);
  });

  it('opens for no time at all when a call says so, and never while it only watches', () => {
    for (const openMs of [-1, 0, 5]) {
      for (const mode of [0, 1, 2]) {
        const steps: Step[] = [['mode', mode], admit(0), settle(FAILURE, openMs), LOOK, ['mode', 0], LOOK];
        for (const features of [F_BREAKER, F_BREAKER | F_WINDOW_CALLS])
          sameInAllWorlds(begins({ consecutive: 0, failureRate: 0.5 }, { features }), steps);
      }
    }
  });

  it('has a window whose failures leave it bucket by bucket', () => {
    for (const [failureRate, slowRate] of [
      [0.3, 2],
      [2, 0.3],
      // Met by a call that is good.
      [0.2, 2],
    ]) {
      for (const late of [0, 99, 299, 300, 400]) {
        const steps = [
          ...Array.from({ length: 3 }, () => [admit(0), settle(SUCCESS)]).flat(),
          admit(0),
          pass(20),
          settle(FAILURE),
          LOOK,
          pass(late),
          ...Array.from({ length: 3 }, () => [admit(0), settle(SUCCESS), LOOK]).flat(),
          pass(-150),
          admit(0),
          settle(FAILURE),
          LOOK,
          pass(150),
          admit(0),
          settle(SUCCESS),
          LOOK,
        ];
        const numbers = { consecutive: 0, minCalls: 5, failureRate, slowRate, slowMs: 10 };
        for (const features of [F_BREAKER | F_WINDOW_TIME, F_BREAKER | F_WINDOW_CALLS, F_BREAKER])
          sameInAllWorlds(begins(numbers, { features }), steps);
      }
    }
  });
});
