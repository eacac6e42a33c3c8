import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { given } from './given.ts';

describe('components', () => {
  it('that wait for each other are refused, with the circle', () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a', dependsOn: ['c'] });
    holdfast.component({ name: 'b', dependsOn: ['a'] });
    assert.throws(
      () => holdfast.component({ name: 'c', dependsOn: ['b'] }),
      (error: OptionsError) => error instanceof OptionsError && /a → c → b → a/.test(error.message),
    );
  });

  it('that depend on a later phase, or on nobody, are refused', async () => {
    const { holdfast } = given();
    holdfast.component({ name: 'late', phase: 1 });
    assert.throws(
      () => holdfast.component({ name: 'a', dependsOn: ['late'] }),
      /phase 0 or earlier.*"late" of phase 1/,
    );
    holdfast.component({ name: 'b', phase: 2, dependsOn: ['lite'] });
    await assert.rejects(holdfast.start(), /no component is called "lite".*"late"/);
    assert.equal(holdfast.state, 'idle');
  });

  it('are refused when their options are wrong, their name is taken, or the runtime runs', async () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a' });
    assert.throws(() => holdfast.component({ name: 'a' }), /name that is not taken/);
    assert.throws(() => holdfast.component({ name: 'b', timeoutMs: 0 }), /components.b.timeoutMs/);
    assert.throws(() => holdfast.component({ name: 'b', recover: () => {} }), /components.b.check/);
    assert.throws(() => holdfast.component({ name: 'b', phases: 1 } as never), /did you mean "phase"/);
    await holdfast.start();
    assert.throws(() => holdfast.component({ name: 'b' }), { code: 'HF_ALREADY_STARTED' });
    await holdfast.stop();
  });
});
