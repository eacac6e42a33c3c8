import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Holdfast, HoldfastError, LifecycleError, UnknownTaskError } from '../../src/index.ts';
import { given as pool, type Tasks } from '../work/given.ts';
import { anything, built, either, thrown } from './anything.ts';
import { sized } from './sizes.ts';

const LATE_MS = 5_000;
const names = ['echo', 'fail', 'later', 'length', 'facts', 'through', 'uncloneable', 'gone'] as const;

const anyOffload = fc.record(
  {
    policy: fc.constantFrom('send', 'none'),
    priority: fc.nat(7),
    timeoutMs: fc.integer({ min: 1, max: 1_000 }),
    idempotent: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** How a promise ends; it must within a few seconds. */
async function endOf(promise: Promise<unknown>): Promise<{ ok: boolean; error?: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: 'it never ends' })), LATE_MS);
  });
  try {
    await Promise.race([promise, late]);
    return { ok: true };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return { ok: false, error };
  } finally {
    clearTimeout(timer);
  }
}

describe('whatever is offloaded', () => {
  let holdfast: Holdfast<string, Tasks>;
  const unhandled: unknown[] = [];
  const hear = (reason: unknown) => void unhandled.push(reason);

  before(async () => {
    process.on('unhandledRejection', hear);
    holdfast = await pool(
      { graceMs: 20 },
      { policies: { send: { bulkhead: { maxConcurrent: 4, maxQueue: 4 } } } },
    );
  });

  after(async () => {
    await holdfast.stop({ drainMs: 0 });
    process.off('unhandledRejection', hear);
    assert.deepEqual(unhandled, []);
  });

  it('ends: input that no port takes, options of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        anything,
        either(anyOffload),
        async (name, input, options) => {
          const offload = holdfast.offload as (...words: unknown[]) => Promise<unknown>;
          const end = await endOf(offload.call(holdfast, name, built(input), built(options)));
          if (end.ok || HoldfastError.is(end.error) || end.error instanceof Error) return;
          assert.equal(typeof end.error, 'string', `it ended in ${typeof end.error}`);
        },
      ),
      sized(250),
    );
    assert.equal(await holdfast.offload('echo', 5), 5);
    assert.equal(holdfast.policy('send').bulkhead?.active, 0);
    assert.equal(holdfast.workers?.lost, 0);
  });

  it('is refused by a name that is no task, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(anything, fc.constantFrom('toString', '__proto__', 'notATask')),
        async (recipe) => {
          const { ok, error } = await endOf(holdfast.offload(built(recipe) as 'echo', 1));
          assert.ok(!ok && error instanceof UnknownTaskError, String(error));
        },
      ),
      sized(100),
    );
  });

  it('with options that are wrong says what is wrong with them, and transfers nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        anything,
        fc.constantFrom('priority', 'timeoutMs', 'transfer', 'signal', 'idempotent', 'polcy'),
        async (recipe, name) => {
          const bytes = new Uint8Array(8);
          const value = built(recipe);
          const { ok, error } = await endOf(
            holdfast.offload('length', bytes, { transfer: [bytes.buffer], [name]: value }),
          );
          if (ok || HoldfastError.is(error)) return;
          assert.equal(bytes.byteLength, 8);
          assert.ok(
            error instanceof TypeError || error instanceof RangeError || error === thrown,
            String(error),
          );
        },
      ),
      sized(200),
    );
    await assert.rejects(async () => (await pool()).stop({ drainMs: 'long' as never }), /stop.drainMs/);
  });

  it('before a start is refused, whatever it is', async () => {
    const { createHoldfast } = await import('../../src/index.ts');
    const idle = createHoldfast();
    await fc.assert(
      fc.asyncProperty(anything, anything, async (name, input) => {
        const offload = idle.offload as unknown as (...words: unknown[]) => Promise<unknown>;
        const { error } = await endOf(offload.call(idle, built(name), built(input)));
        assert.ok(error instanceof LifecycleError || HoldfastError.is(error), String(error));
      }),
      sized(30),
    );
  });
});
