import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES } from './given.ts';

for (const engine of ENGINES) {
  describe(`a breaker that ramps up (${engine})`, () => {
    const ramping = () => {
      const scene = givenBreaker(engine, { ramp: true, numbers: { consecutive: 1, trials: 1, rampMs: 900 } });
      const share = () => {
        let through = 0;
        for (let draw = 0; draw < 1_000; draw++) if (typeof scene.tries(draw / 1_000) !== 'string') through++;
        return through / 1_000;
      };
      return { ...scene, share };
    };

    it('lets everything through before it was ever open', () => {
      assert.equal(ramping().share(), 1);
    });

    it('does so too in a process that is younger than the ramp is long', () => {
      const { share, pass, now } = ramping();
      pass(100 - now());
      assert.equal(share(), 1);
    });

    it('refuses nobody whose clock reading is a little older than the close, where the ramp has no length', () => {
      const { calls, call, pass, tries } = givenBreaker(engine, {
        ramp: true,
        numbers: { consecutive: 1, trials: 1, rampMs: 0 },
      });
      calls(1, 'fails');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      pass(-0.5);
      assert.notEqual(tries(0.99), 'ramp');
    });

    it('lets a tenth through after a close, then more in a straight line, then everything', () => {
      const { calls, call, pass, share, state, tries } = ramping();
      calls(1, 'fails');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      assert.equal(share(), 0.1);
      assert.deepEqual([tries(0.5), state()], ['ramp', 'closed']);
      const seen = [100, 350, 225, 225].map((ms) => {
        pass(ms);
        return share();
      });
      assert.deepEqual(seen, [0.2, 0.55, 0.775, 1]);
    });

    it('lets everything through from the moment on at which the ramp is over', () => {
      // 0.9 · 9 / 9 is a hair less than 0.9, and this is the highest draw there is.
      const draw = 1 - 2 ** -53;
      const { calls, call, pass, tries } = givenBreaker(engine, {
        ramp: true,
        numbers: { consecutive: 1, trials: 1, rampMs: 9 },
      });
      calls(1, 'fails');
      pass(1_000);
      assert.equal(call().ends('ok'), 'closed');
      pass(8);
      assert.equal(tries(draw), 'ramp');
      pass(1);
      assert.notEqual(tries(draw), 'ramp');
    });
  });
}
