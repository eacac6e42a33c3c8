import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Policy, policy, type RateLimiter, rateLimiter } from '../../src/index.ts';
import { manualClock, scriptedRandom, seededRandom } from '../../src/testing/index.ts';
import { anyPolicy, anyUpdate } from '../policy/options/arbitrary.ts';
import { anything, built, either, spoiled } from './anything.ts';
import * as corpus from './corpus/options.ts';
import { anyLimiter, anySettings } from './given.ts';
import { madeOf, misusedOf } from './refused.ts';
import { sized } from './sizes.ts';
import { usesLimiter, usesPolicy } from './uses.ts';

type Options = Parameters<typeof policy>[0];
type Update = typeof anyUpdate extends fc.Arbitrary<infer Value> ? Value : never;

const ANY: Update = {
  policy: { rateLimiter: { permitsPerSecond: 1 }, bulkhead: { maxConcurrent: 1 } },
  change: {},
};

describe('any options', () => {
  it('make a policy that can be called, or are refused by where, what and instead of what', async () => {
    await fc.assert(
      fc.asyncProperty(either(anyPolicy), async (options) => {
        const clock = manualClock();
        const made = madeOf(() => policy(built(options) as Options, { clock, random: seededRandom(1) }));
        if (made === undefined) return;
        await usesPolicy(made, clock, true);
        made.dispose();
      }),
      sized(
        400,
        corpus.POLICIES.map((each): [unknown] => [each]),
      ),
    );
  });

  it('of a policy without functions leave nothing for its calls to find out', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicy, async (options) => {
        const clock = manualClock();
        using made: Policy = policy(options as never, { clock });
        await usesPolicy(made, clock, false);
      }),
      sized(150),
    );
  });

  it('change a policy, or are refused and change nothing', () => {
    fc.assert(
      fc.property(anyUpdate, anything, spoiled(anyPolicy), ({ policy: options, change }, other, like) => {
        using made = policy(options as never, { clock: manualClock() });
        for (const each of [change, other, like]) madeOf(() => made.update(built(each) as never));
        madeOf(() => made.restore(built(other) as never));
      }),
      sized(
        250,
        [...corpus.CHANGES, ...corpus.SNAPSHOTS].map((each): [Update, unknown, unknown] => [ANY, each, {}]),
      ),
    );
  });

  it('make a limiter by itself, or are refused', async () => {
    await fc.assert(
      fc.asyncProperty(either(anyLimiter), either(anyLimiter), async (options, change) => {
        const clock = manualClock();
        const made: RateLimiter | undefined = madeOf(() => rateLimiter(built(options) as never, { clock }));
        if (made === undefined) return;
        await usesLimiter(made, clock);
        madeOf(() => made.update(built(change) as never));
        made.dispose();
      }),
      sized(
        300,
        corpus.LIMITERS.map((each): [unknown, unknown] => [{ permitsPerSecond: 1 }, each]),
      ),
    );
  });

  it('of a factory are settings, or refused', () => {
    fc.assert(
      fc.property(either(anySettings), (settings) => {
        madeOf(() => policy({}, built(settings) as never))?.dispose();
        madeOf(() => rateLimiter({ permitsPerSecond: 1 }, built(settings) as never))?.dispose();
      }),
      sized(
        300,
        corpus.SETTINGS.map((each): [unknown] => [each]),
      ),
    );
  });

  it('of the testing kit are taken, or refused as misuse', () => {
    fc.assert(
      fc.property(anything, fc.oneof(anything, fc.double()), (recipe, at) => {
        const [other, time] = [built(recipe), built(at)];
        misusedOf(() => manualClock(other as never));
        misusedOf(() => manualClock({ startMs: time as never, wallMs: other as never }));
        misusedOf(() => seededRandom(other as never)());
        misusedOf(() => scriptedRandom(other as never));
        const clock = manualClock();
        misusedOf(() => clock.set(time as never));
        misusedOf(() => clock.setTimer(other as never, () => {}));
      }),
      sized(300),
    );
  });
});
