import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  composite,
  createHoldfast,
  type Holdfast,
  HoldfastError,
  http,
  ping,
  policiesOf,
  tasksOf,
  tcp,
  threshold,
  UnknownPolicyError,
} from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { attach } from '../../src/worker.ts';
import { anyPolicy } from '../policy/options/arbitrary.ts';
import { tasks } from '../work/given.ts';
import { anything, built, either } from './anything.ts';
import * as corpus from './corpus/options.ts';
import { anyAdmin, anyChaos, anyComponent, anyDrive, anyRuntime, anyWorkers } from './given.ts';
import { assertMisuse, assertRefusal, madeOf, misusedOf } from './refused.ts';
import { sized } from './sizes.ts';

const SMALL = { policies: 4, threads: 2, keys: 8 };
const BUDGETED = {
  send: { errorBudget: { objective: 0.9, windowMs: 1_000 }, chaos: { error: { rate: 1 } } },
};

function small(): Holdfast {
  return createHoldfast({ memory: SMALL, policies: BUDGETED, clock: manualClock() }) as Holdfast;
}

async function refusedOr<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error) => {
    assertRefusal(error);
    return undefined;
  });
}

describe('any options', () => {
  it('make a runtime that starts and stops, or are refused', async () => {
    await fc.assert(
      fc.asyncProperty(either(anyRuntime), async (recipe) => {
        const options = built(recipe);
        const made = madeOf(() => createHoldfast(options as never)) as Holdfast | undefined;
        if (made === undefined || made.workers !== undefined) return;
        for (const name of made.policies) await made.policy(name).executeOutcome(() => 1, { key: 'k' });
        await made.start();
        assert.ok((await made.metrics.metrics()).length > 0);
        await made.stop({ drainMs: 0 });
      }),
      sized(
        120,
        corpus.RUNTIMES.map((each): [unknown] => [each]),
      ),
    );
  });

  it('describe workers, or are refused', () => {
    fc.assert(
      fc.property(either(anyWorkers), (recipe) => {
        const named = (recipe as { minThreads?: unknown } | null)?.minThreads !== undefined;
        const workers = named ? { ...(built(recipe) as object), tasks } : built(recipe);
        madeOf(() => createHoldfast({ memory: SMALL, workers: workers as never }));
      }),
      sized(200),
    );
  });

  it('define policies under any name, or are refused; what was refused leaves no trace', () => {
    const holdfast = small();
    const name = fc.oneof(fc.string(), anything, fc.constant('é'.repeat(70)));
    fc.assert(
      fc.property(name, either(anyPolicy), (given, recipe) => {
        const called = built(given) as string;
        const made = madeOf(() => holdfast.define(called, built(recipe) as never));
        if (made !== undefined) {
          assert.equal(holdfast.policy(called), made);
          assert.ok(holdfast.remove(called));
        }
        assert.equal(holdfast.remove(called), false);
        assert.throws(() => holdfast.policy(called), UnknownPolicyError);
        assert.deepEqual(holdfast.policies, ['send']);
      }),
      sized(300),
    );
    const keys = { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 8 } } };
    for (const each of ['a', 'b', 'c']) {
      holdfast.define(each, each === 'a' ? keys : {});
    }
  });

  it('describe components, checks, experiments and drives, or are refused', () => {
    const holdfast = small();
    fc.assert(
      fc.property(either(anyComponent), either(anyChaos), either(anyDrive), (component, chaos, drive) => {
        madeOf(() => holdfast.component(built(component) as never));
        madeOf(() => holdfast.chaos.enable(built(chaos) as never));
        const driven = madeOfKnown(() => holdfast.degradation.drive('it', built(drive) as never));
        driven?.dispose();
        holdfast.chaos.disable();
      }),
      sized(300, [
        ...corpus.COMPONENTS.map((each): [unknown, unknown, unknown] => [each, {}, {}]),
        ...corpus.DRIVES.map((each): [unknown, unknown, unknown] => [{}, {}, each]),
      ]),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 3 }), (given) => {
        const [name, first, second] = given.map(built) as never[];
        for (const each of [name, 'it' as never]) {
          const about = first as never;
          madeOf(() => ping(each, about));
          madeOf(() => tcp(each, about));
          madeOf(() => http(each, about));
          madeOf(() => http(each, { url: first, expect: second } as never));
          madeOf(() => threshold(each, about));
          madeOf(() => threshold(each, { read: first, min: second, max: name } as never));
          madeOf(() => composite(each, about));
          madeOf(() => composite(each, { all: [first, second] } as never));
          madeOf(() => composite(each, { atLeast: first, of: second } as never));
        }
        madeOf(() => holdfast.health.add(first, second));
        misusedOf(() => holdfast.health.remove(first));
        madeOf(() => holdfast.degradation.set(first, second));
        misusedOf(() => holdfast.degradation.level(first));
        madeOf(() => holdfast.degradation.set(first, 'normal'));
        madeOf(() => holdfast.handleSignals(second)?.dispose());
        madeOf(() => tasksOf(first));
        misusedOf(() => policiesOf(first, second));
        madeOf(() => holdfast.share(first));
        madeOf(() => attach(first));
        madeOf(() => attach({ kind: 'holdfast.handle', name: first, plane: second, originMs: name }));
      }),
      sized(200),
    );
  });

  it('of a stop and of an admin server are taken, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        either(anyAdmin),
        either(fc.record({ drainMs: fc.constant(0) })),
        async (admin, stop) => {
          const holdfast = createHoldfast({ memory: SMALL });
          const options = built(admin);
          const { port = 0, host = '127.0.0.1' } = (admin ?? {}) as { port?: unknown; host?: unknown };
          // A port that is somebody's, or a name to be looked up, is not this test's to try.
          const tried =
            (typeof port !== 'number' || port === 0) && (typeof host !== 'string' || /^(127|loc)/.test(host));
          if (tried) await (await refusedOr(holdfast.admin(options as never)))?.close();
          await refusedOr(holdfast.stop(built(stop) as never));
          await holdfast.stop({ drainMs: 0 });
        },
      ),
      sized(60),
    );
  });
});

function madeOfKnown<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnknownPolicyError) return undefined;
    assert.ok(HoldfastError.is(error) || assertMisuse(error) === undefined);
    return undefined;
  }
}
