import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, type Holdfast, type PolicyOptions } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { fine } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

/** A runtime whose chaos is switched on for a minute. */
function given(options: PolicyOptions, engine: 'wasm' | 'js') {
  const clock = manualClock();
  const holdfast: Holdfast = createHoldfast({
    clock,
    engine,
    random: () => 0,
    policies: { send: options },
    memory: { policies: 2, threads: 2, keys: 0 },
  });
  holdfast.chaos.enable({ forMs: 60_000 });
  return { clock, holdfast, guarded: holdfast.policy('send') };
}

for (const engine of ['wasm', 'js'] as const) {
  describe(`an experiment (${engine})`, () => {
    it('strikes only the calls it is meant for', async () => {
      const asked: number[] = [];
      const { guarded } = given(
        {
          chaos: {
            error: { rate: 1 },
            when: ({ attempt }: { attempt: number }) => {
              asked.push(attempt);
              return attempt > 1;
            },
          },
          retry: { maxRetries: 1, backoff: () => 0, shouldRetry: () => true },
        } as PolicyOptions,
        engine,
      );
      const error = (await errorOf(guarded.execute(fine))) as { code: string };
      assert.equal(error.code, 'HF_CHAOS');
      assert.deepEqual(asked, [1, 2]);
    });

    it('names the policy in the errors that it makes up', async () => {
      for (const [chaos, code] of [
        [{ error: { rate: 1 } }, 'HF_CHAOS'],
        [{ timeout: { rate: 1 } }, 'HF_TIMEOUT'],
      ] as const) {
        const { guarded } = given({ chaos }, engine);
        const error = (await errorOf(guarded.execute(fine))) as { code: string; policy: string };
        assert.deepEqual([error.code, error.policy], [code, 'send']);
      }
    });

    it('does not strike the main thread, which nobody could replace', async () => {
      const { guarded, holdfast } = given(
        { chaos: { killWorker: { rate: 1 }, block: { rate: 1, ms: 50 } } },
        engine,
      );
      const startMs = performance.now();
      assert.equal(await guarded.execute(fine), 'fine');
      assert.ok(performance.now() - startMs < 50);
      await holdfast.stop();
    });
  });
}
