import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LifecycleError } from '../../src/base/errors.ts';
import { given } from './given.ts';

describe('starts and stops that race', () => {
  it('end as one of them wants, with each component started and stopped in turn', async () => {
    for (let round = 0; round < 500; round++) {
      const { holdfast } = given();
      let up = 0;
      let most = 0;
      for (const [name, phase] of [
        ['a', 0],
        ['b', 0],
        ['c', 1],
      ] as const) {
        const pause = async (turns: number) => {
          for (let turn = 0; turn < turns; turn++) await undefined;
        };
        holdfast.component({
          name,
          phase,
          start: async () => {
            await pause((round + phase) % 5);
            most = Math.max(most, ++up);
          },
          stop: async () => {
            await pause(round % 3);
            up--;
          },
        });
      }
      const acts = Array.from({ length: 6 }, async (_, index) => {
        for (let turn = 0; turn < (round * (index + 3)) % 17; turn++) await undefined;
        if ((round >> index) % 2 === 0) await holdfast.start().catch(expected);
        else await holdfast.stop({ drainMs: 0 });
        assert.ok(up >= 0 && up <= 3, `${up} up`);
      });
      await Promise.all(acts);
      assert.ok(
        holdfast.state === 'running' ? up === 3 : up === 0,
        `${holdfast.state} with ${up} up in round ${round}`,
      );
      await holdfast.stop();
      assert.equal(up, 0);
      assert.ok(most <= 3);
    }
  });
});

function expected(error: unknown): void {
  assert.ok(error instanceof LifecycleError);
  assert.ok(['HF_ALREADY_STARTED', 'HF_START_FAILED'].includes(error.code), error.code);
}
