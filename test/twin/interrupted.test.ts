import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import * as layout from '../../assembly/layout.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import {
  beginning,
  breakerNumbers,
  bucketNumbers,
  bulkheadNumbers,
  permits,
  some,
  step,
  thread,
  whole,
  windowNumbers,
} from './arbitraries.ts';
import { same } from './history.ts';
import { play, type Step, type StepName } from './steps.ts';
import { type Beginning, THREADS, World } from './world.ts';

// The places where another thread may come between: JavaScript has no others that matter.
const PLACES = ['add', 'compareExchange', 'exchange', 'load', 'store'] as const;

const originals = Object.fromEntries(PLACES.map((name) => [name, Atomics[name]]));
// Atomic accesses until somebody comes between; none to come when it is not above 0.
let countdown = 0;
let comeBetween = () => {};

/** Puts a place to come between before every atomic access. */
function lieInWait(): void {
  for (const name of PLACES) {
    const original = originals[name] as (...args: unknown[]) => unknown;
    const awaited = (...args: unknown[]) => {
      if (countdown > 0 && --countdown === 0) comeBetween();
      return original(...args);
    };
    Object.assign(Atomics, { [name]: awaited });
  }
}

/** Runs `work`, and `meanwhile` just before its atomic access number `place`, from 1; tells whether there was one. */
function interrupted(place: number, work: () => void, meanwhile: () => void): boolean {
  countdown = place;
  comeBetween = meanwhile;
  work();
  const happened = countdown === 0;
  countdown = 0;
  return happened;
}

let worlds: World[] | undefined;

/** A step of the twin into which one of a WASM thread falls ends as if one had come after the other. */
function comesOutInOrder(
  start: Beginning,
  past: readonly Step[],
  one: Step,
  other: Step,
  place: number,
): void {
  fc.pre(maybeAtOnce(one, other));
  fc.pre([...past, one, other].every((each) => spends(start, each)));
  worlds ??= [new World(wasmKernels, twinKernels), new World(wasmKernels), new World(wasmKernels)];
  const [mixed, forth, back] = worlds;
  for (const world of worlds) {
    world.begin(start);
    for (let thread = 0; thread < THREADS; thread++) play(world, ['useKey', thread, `${thread & 1}`, 1]);
    for (const earlier of past) play(world, earlier);
  }
  const answers: Answer[] = [];
  mixed.turn(TWIN);
  const happened = interrupted(
    place,
    () => {
      answers[0] = play(mixed, one);
    },
    () => {
      mixed.turn(KERNEL);
      answers[1] = play(mixed, other);
      mixed.turn(TWIN);
    },
  );
  fc.pre(happened);

  const inOrder = [play(forth, one), play(forth, other)];
  const inReverse = [play(back, other), play(back, one)].reverse();
  const like = (world: World, expected: Answer[]): boolean =>
    expected.every((answer, i) => MAY_TURN_OUT.has([one, other][i][0]) || same(answers[i], answer)) &&
    differences(mixed, world).length === 0;
  if (like(forth, inOrder) || like(back, inReverse)) return;
  assert.fail(`answers ${answers}; in order ${inOrder}: ${differences(mixed, forth)};
    in reverse ${inReverse}: ${differences(mixed, back)}`);
}

/** Policies refuse permits of less than a unit: a key that takes nothing leaves its cell free for the next. */
function spends({ numbers }: Beginning, [name, , permits]: Step): boolean {
  return name !== 'keyedAcquire' || Number(permits) * (numbers.units ?? 0) >= 1;
}

/** What can be seen to differ, now and a little later. What nobody can see may: a trial struck off, a cell given up. */
function differences(world: World, other: World): string[] {
  if (world.at.differences(other.at).length === 0) return [];
  return LOOKS.filter((look) => !same(play(world, look), play(other, look))).map((look) => look.join(' '));
}

const LOOK: Step[] = [
  ['lookAtRate', 1],
  ['lookAtBreaker'],
  ['lookAtLine', 2],
  ['lookAtCounts', 60_000],
  ...Array.from({ length: THREADS }, (_, thread): Step => ['lookAtKeys', thread, 1]),
];
const LOOKS: Step[] = [...LOOK, ['pass', 700], ...LOOK, ['pass', -700]];

type Answer = ReturnType<typeof play>;

const KERNEL = 0;
const TWIN = 1;

// Each of two calls may begin a bucket of another ring; who leaves the line may wake somebody who has just left.
const MAY_TURN_OUT = new Set<StepName>(['record', 'leaveLine']);

/** One thread does one thing at a time; and who publishes has looked at the version before. */
function maybeAtOnce([name, thread]: Step, [otherName, otherThread]: Step): boolean {
  if (name === 'publish' && otherName === 'publish') return false;
  return WITHOUT_THREAD.has(name) || WITHOUT_THREAD.has(otherName) || thread !== otherThread;
}

const WITHOUT_THREAD = new Set<StepName>([
  'pass',
  'acquire',
  'reserve',
  'refund',
  'record',
  'deposit',
  'withdraw',
  'addToBudget',
  'count',
  'force',
  'restore',
  'prepareOpenMs',
]);

function inAnyPlace(start: fc.Arbitrary<Beginning>, ...steps: ReturnType<typeof step>[]): void {
  const any = fc.oneof(...steps);
  const past = fc.array(any, { maxLength: 12 });
  const places = whole(1, 7);
  fc.assert(fc.property(start, past, any, any, places, comesOutInOrder), { numRuns: 300 });
}

describe('a thread of the twin, when one of the kernels comes between', () => {
  before(lieInWait);
  after(() => Object.assign(Atomics, originals));

  it('leaves a bucket as if one had come after the other', () => {
    inAnyPlace(
      beginning(some(layout.F_RATE), [bucketNumbers(false), fc.record({ maxDebtMs: some(0, 1e6) })]),
      step(4, 'acquire', permits),
      step(3, 'reserve', permits),
      step(2, 'refund', permits),
      step(1, 'publish', thread, bucketNumbers(false), some(0)),
    );
  });

  it('leaves keyed buckets as if one had come after the other', () => {
    inAnyPlace(
      beginning(some(layout.F_RATE | layout.F_KEYED), [bucketNumbers(true)], some(1, 2, 4)),
      step(3, 'useKey', thread, whole(0, 9).map(String), some(1)),
      step(6, 'keyedAcquire', thread, permits),
      step(1, 'keyedRefund', thread, permits),
    );
  });

  it('leaves counts as if one had come after the other', () => {
    const features = some(layout.F_BUDGET | layout.F_COUNTED);
    inAnyPlace(
      beginning(features, [windowNumbers]),
      step(3, 'record', whole(0, 20), whole(0, 3)),
      step(1, 'deposit'),
      step(1, 'withdraw'),
      step(1, 'addToBudget', whole(0, 9), whole(0, 9)),
      step(1, 'count', whole(0, 2 ** 33)),
    );
  });

  it('leaves a bulkhead and its line as if one had come after the other', () => {
    inAnyPlace(
      beginning(some(layout.F_BULKHEAD), [bulkheadNumbers]),
      step(4, 'enter', thread, some('right', 'none')),
      step(2, 'leave', thread, some('right')),
      step(2, 'joinLine', thread, some('right')),
      step(2, 'leaveLine', thread, some('right'), some(1), some(0, 1)),
      step(1, 'isolate', thread, some(1, -1), some('right')),
      step(1, 'die', thread),
    );
  });

  it('leaves a breaker as if one had come after the other', () => {
    inAnyPlace(
      beginning(some(layout.F_BREAKER), [
        breakerNumbers,
        fc.record({ trialWaitMs: some(500), openMs: some(1_000) }),
      ]),
      step(2, 'force', some(-1, 1_000)),
      step(2, 'pass', some(0, 500, 1_000)),
      step(1, 'restore', whole(0, 2), whole(0, 3), some(0, 500)),
      step(1, 'isolate', thread, some(1, -1), some('right', 'none')),
      step(1, 'prepareOpenMs', some(5, 700)),
      step(1, 'die', thread),
    );
  });
});
