// A name that no option of a listener has was passed over in silence: `{ one: true }` was a listener for ever. And
// `tryAcquire(5)` was taken as if nothing had been asked. Both are refused.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OptionsError, policy } from '../../src/index.ts';

it('an unknown option of a listener is refused with the nearest known one, and nobody listens', async () => {
  const guarded = policy({ bulkhead: { maxConcurrent: 1 } });
  const heard: unknown[] = [];
  assert.throws(
    () => guarded.on('success', (event) => heard.push(event), { onc: true } as never),
    (error: unknown) => error instanceof OptionsError && /unknown option "onc".*"once"/.test(error.message),
  );
  await guarded.execute(() => 1);
  assert.deepEqual(heard, []);
});

for (const [options, said] of [
  [{ once: 1 }, /once: expected .*got 1/],
  [{ signal: {} }, /signal: expected an AbortSignal/],
  [5, /expected an object/],
] as const) {
  it(`a listener cannot be added with ${JSON.stringify(options)}`, () => {
    const guarded = policy({ bulkhead: { maxConcurrent: 1 } });
    assert.throws(
      () => guarded.on('success', () => {}, options as never),
      (error: unknown) => error instanceof OptionsError && said.test(error.message),
    );
  });
}

it('what is no object is refused as options of tryAcquire, and takes nothing', () => {
  const guarded = policy({ bulkhead: { maxConcurrent: 1 } });
  for (const wrong of [5, 'text', null, true]) {
    assert.throws(
      () => guarded.tryAcquire(wrong as never),
      (error: unknown) => error instanceof TypeError && /options: expected an object/.test(error.message),
    );
  }
  assert.equal(guarded.bulkhead?.active, 0);
});
